package io.k3j.supervisor;

import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.ControlConfig;
import io.k3j.clusteragreement.Declarations;
import io.k3j.clusteragreement.Members;
import io.k3j.clusteragreement.Parity;
import io.k3j.componentapi.Plan;
import io.k3j.model.Struct;
import io.k3j.servercredentials.ServerLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The configuration this server shows to others and is compared by: what the launcher was told, and nothing else. What
/// runs, what was decided about components and what Configuration Admin holds for this bundle have no part in it.
///
/// @param plan every flag of the process and where it was set
record OwnConfig(Plan plan) {
    /// The critical configuration this server was started with, for comparison with the cluster's.
    Parity.Mine server(ServerLayout layout) throws IOException {
        Map<String, Object> all = new HashMap<>(plan.settings());
        Members.Kind kind = new Members.Kind(!flag(all, "disableAgent"), api(all), names());
        Agreement agreement = Agreement.of(Declarations.critical(plan.features()), all, datastoreKind(layout));
        Object name = all.getOrDefault("nodeName", "localhost");
        int form = Integer.parseInt(all.getOrDefault("dataForm", "1").toString());
        return new Parity.Mine(name.toString(), agreement, plan.whereSet(), flag(all, "clusterReset"), kind, form);
    }

    private static String api(Map<String, Object> all) {
        String address = all.getOrDefault("advertiseAddress", "").toString();
        return address.isEmpty() || flag(all, "disableApiserver") ? ""
                : ApiServers.join(address, Long.parseLong(all.getOrDefault("httpsListenPort", "6443").toString()));
    }

    /// By which clients look for this server; no node may be called so but its own.
    private List<String> names() {
        List<String> all = new ArrayList<>();
        for (String flag : List.of("advertiseAddress", "nodeIp", "nodeExternalIp", "tlsSan")) {
            Object value = plan.settings().getOrDefault(flag, "");
            all.addAll(value instanceof String[] several ? List.of(several) : List.of(value.toString()));
        }
        if (flag(plan.settings(), "disableAgent")) {
            all.add(plan.settings().getOrDefault("nodeName", "localhost").toString());
        }
        all.removeIf(String::isEmpty);
        return all;
    }

    private String datastoreKind(ServerLayout layout) {
        Object endpoint = plan.settings().getOrDefault("datastoreEndpoint", "");
        Object join = plan.settings().getOrDefault("server", "");
        boolean initializes = flag(plan.settings(), "clusterInit") || flag(plan.settings(), "clusterReset");
        return DatastoreKind.of(endpoint.toString(), join.toString(), initializes, layout);
    }

    private static boolean flag(Map<String, Object> settings, String key) {
        return "true".equals(String.valueOf(settings.get(key)));
    }

    /// The answer to `/v1-k3s/config`.
    Struct configuration(ServerLayout layout) {
        Map<String, Object> all = new HashMap<>(plan.settings());
        all.put(ControlConfig.MANAGED_ETCD,
                datastoreKind(layout).equals(DatastoreKind.ETCD) && !flag(plan.settings(), "disableEtcd"));
        return ControlConfig.of(all);
    }
}
