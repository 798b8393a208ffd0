package com.example.teamspaces;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Plan;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;

/// What a client over HTTP has to know: where the server of this process listens, whom to trust, and who it is. All of it
/// comes from contracts of K3j's; nothing is read of the machine, no kubeconfig and no environment.
final class ServerAccess {
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final Gvr SERVICE_ACCOUNTS = new Gvr("", "v1", "serviceaccounts");
    private static final String NAMESPACE = "kube-system";
    private static final Key AUTHORITY = new Key(NAMESPACE, "kube-root-ca.crt");
    /// The last part of the bundle's symbolic name.
    private static final Key ACCOUNT = new Key(NAMESPACE, "teamspaces");

    private ServerAccess() {
    }

    /// @throws ApiFault when the plug-in may not read what it needs, or that is not there yet
    static Config config(ApiClient api, Plan plan, InstantSource clock) {
        String authority = (String) api.get(CONFIG_MAPS, AUTHORITY).at("data", "ca.crt");
        return new ConfigBuilder(Config.empty()).withMasterUrl(address(plan)).withNamespace(NAMESPACE)
                .withCaCertData(Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.UTF_8)))
                .withOauthTokenProvider(new ServiceAccountTokens(
                        request -> api.post(SERVICE_ACCOUNTS, ACCOUNT, "token", request), clock))
                .build();
    }

    /// Where the server listens, as seen from its own process.
    static String address(Plan plan) {
        String bound = String.valueOf(plan.settings().getOrDefault("bindAddress", ""));
        String host = switch (bound) {
            case "", "0.0.0.0" -> "127.0.0.1";
            case "::" -> "[::1]";
            default -> bound.contains(":") ? "[" + bound + "]" : bound;
        };
        return "https://" + host + ":" + plan.settings().get("httpsListenPort");
    }
}
