import { sqliteFactory } from "./sqlite_factory.ts";
import { storeContract } from "./suite.ts";

storeContract(sqliteFactory("threads"));
