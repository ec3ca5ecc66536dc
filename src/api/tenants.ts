/** Which tenant a path names. Application environments are never changed or deleted, so what was found is remembered. */
import type { AppEnv } from "../domain/values.ts";
import type { Store } from "../store/store.ts";
import type { Tenant } from "../store/tenancy.ts";

const REMEMBERED_MAX = 10_000;

export class Tenants {
  readonly #store: Pick<Store, "findTenant">;
  readonly #known = new Map<string, Tenant>();

  constructor(deps: { store: Pick<Store, "findTenant"> }) {
    this.#store = deps.store;
  }

  /** The tenant, without a query; undefined when it was never looked up. */
  known(path: { appId: string; appEnv: AppEnv }): Tenant | undefined {
    return this.#known.get(`${path.appEnv}:${path.appId}`);
  }

  /** The tenant, or null when there is none. */
  async find(path: { appId: string; appEnv: AppEnv }): Promise<Tenant | null> {
    const known = this.known(path);
    if (known !== undefined) return known;
    const tenant = await this.#store.findTenant(path);
    if (tenant === null) return null;
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(`${path.appEnv}:${path.appId}`, tenant);
    return tenant;
  }
}
