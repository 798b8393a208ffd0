package io.k3j.addondeployer;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;

/// Where a deployer works.
///
/// @param api in whose identity everything is written
/// @param kinds those the API serves
/// @param server the name of this server's node
/// @param clock of the day, and monotonic
record ServerContext(ApiClient api, DeployableKinds kinds, String server, TimeSource clock) {
    /// As whom fields are owned; K3s' name.
    String manager() {
        return "deploy@" + server;
    }
}
