/** The page that GitHub's refusals by the rules of a branch name. */
export const PROTECTED_BRANCHES = "https://docs.github.com/articles/about-protected-branches";
