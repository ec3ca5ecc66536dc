/** The version of the product, from its one place. */
import packageFile from "../package.json" with { type: "json" };

/** Such as `0.1.0`: shown in the `user-agent` of every POST and in the reference. */
export const VERSION: string = packageFile.version;
