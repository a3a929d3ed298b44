/** A secret as it may stand in a log: as it is, and as the runner expects it to be written (ValueEncoders). */
export function waysToWrite(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  // In the base64 of `user:secret` the secret begins at any of three places of a group.
  const shifted = [0, 1, 2].filter((start) => start < bytes.length).map((start) => bytes.subarray(start));
  return [
    secret,
    ...shifted.map((part) => part.toString("base64")),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    secret.replaceAll("'", "''"),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    /^".{7,}"$/.test(secret) ? secret.slice(1, -1) : secret,
  ];
}
