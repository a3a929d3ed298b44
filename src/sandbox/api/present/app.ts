import type { Urls } from "../../services.ts";
import { findApp, findUser } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { App, Installation, World } from "../../world/state.ts";
import { iso, isoOrNull } from "./time.ts";
import { presentUser } from "./user.ts";

/** An app as `GET /app` and `performed_via_github_app` show it. */
export function presentApp(world: World, urls: Urls, app: App) {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId("A", app.id),
    owner: presentUser(urls, findUser(world, app.ownerId)),
    name: app.name,
    description: "",
    external_url: `${urls.html}/apps/${app.slug}`,
    html_url: `${urls.html}/apps/${app.slug}`,
    created_at: iso(app.createdAt),
    updated_at: iso(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

/** `performed_via_github_app` of a thing: the app, or `null` for people. */
export function presentViaApp(world: World, urls: Urls, appId: number | null) {
  return appId === null ? null : presentApp(world, urls, findApp(world, appId));
}

export function presentInstallation(world: World, urls: Urls, installation: Installation) {
  const app = findApp(world, installation.appId);
  const account = findUser(world, installation.accountId);
  return {
    id: installation.id,
    client_id: app.clientId,
    account: presentUser(urls, account),
    repository_selection: installation.repositorySelection,
    access_tokens_url: `${urls.api}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${urls.api}/installation/repositories`,
    html_url: `${urls.html}/settings/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: iso(installation.createdAt),
    updated_at: iso(installation.updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: isoOrNull(installation.suspendedAt),
  };
}
