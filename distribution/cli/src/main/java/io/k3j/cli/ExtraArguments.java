package io.k3j.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How several values of one component's argument make one, as K3s puts `--kube-apiserver-arg` and its like together
/// with what it gives itself: `name=value` takes the place of that, `name+=value` goes after it and `name-=value`
/// before. Lists and maps of several `name=value` are added up, as by upstream's flags. Pure.
final class ExtraArguments {
    /// Lists (pflag's string slices) and maps: every further one adds to those before it.
    private static final Set<String> ADDED_UP = Set.of("enable-admission-plugins", "disable-admission-plugins",
            "authorization-mode", "api-audiences", "kubelet-preferred-address-types", "tls-cipher-suites",
            "nodeport-addresses", "allowed-unsafe-sysctls", "enforce-node-allocatable", "cluster-dns", "eviction-hard",
            "eviction-soft", "eviction-soft-grace-period", "eviction-minimum-reclaim", "kube-reserved",
            "system-reserved");
    private static final String OF_K3S = "K3s' own value";
    /// One that says all taints there are: what is added to K3s' own is one with it.
    private static final String TAINTS = "register-with-taints";

    private ExtraArguments() {
    }

    /// What K3s gives of the arguments that people add to, by flag and name.
    ///
    /// @param domain of the cluster
    /// @param dataDir the data directory
    static Map<String, Map<String, String>> presets(String domain, String dataDir) {
        String issuer = "https://kubernetes.default.svc." + domain;
        return Map.of("kube-apiserver-arg",
                Map.of("authorization-mode", "Node,RBAC", "enable-admission-plugins", "NodeRestriction",
                        "service-account-issuer", issuer, "api-audiences", issuer + ",k3s",
                        "kubelet-preferred-address-types", "InternalIP,ExternalIP,Hostname",
                        "service-account-key-file", dataDir + "/server/tls/service.key"),
                "kube-controller-manager-arg", Map.of("controllers", "*,tokencleaner"));
    }

    /// The same with what K3s gives the kubelet of the node's own flags.
    ///
    /// @param labels of `--node-label`
    /// @param taints of `--node-taint`
    static Map<String, Map<String, String>> withNode(Map<String, Map<String, String>> presets, List<String> labels,
            List<String> taints) {
        Map<String, String> node = new LinkedHashMap<>();
        if (!labels.isEmpty()) {
            node.put("node-labels", String.join(",", labels));
        }
        if (!taints.isEmpty()) {
            node.put(TAINTS, String.join(",", taints));
        }
        Map<String, Map<String, String>> all = new LinkedHashMap<>(presets);
        all.put("kubelet-arg", node);
        return all;
    }

    /// The arguments of one flag as the component gets them. A flag without arguments of components is left alone.
    ///
    /// @param own by name, what K3s gives
    static List<Setting> applied(List<Setting> all, Map<String, String> own) {
        if (all.isEmpty() || !all.getFirst().flag().arguments()) {
            return all;
        }
        Map<String, List<Setting>> byName = new LinkedHashMap<>();
        Set<String> used = new HashSet<>();
        for (Setting setting : all) {
            String bare = setting.flag().bare(setting.value().strip());
            int equals = bare.indexOf('=');
            String typed = equals < 0 ? bare : bare.substring(0, equals);
            boolean after = typed.endsWith("+");
            boolean before = typed.endsWith("-");
            String name = typed.substring(0, typed.length() - (after || before ? 1 : 0));
            List<Setting> there = byName.computeIfAbsent(name, n -> new ArrayList<>());
            if (used.add(name) && (after || before) && own.containsKey(name)) {
                there.add(new Setting(setting.flag(), name + "=" + own.get(name), OF_K3S));
            }
            String value = equals < 0 ? "=true" : bare.substring(equals);
            there.add(before ? 0 : there.size(),
                    after || before ? new Setting(setting.flag(), name + value, setting.where()) : setting);
        }
        List<Setting> result = new ArrayList<>();
        byName.forEach((name, several) -> result
                .addAll(ADDED_UP.contains(name) || name.equals(TAINTS) && several.stream()
                        .anyMatch(s -> s.where().equals(OF_K3S)) ? List.of(joined(several)) : several));
        return result;
    }

    /// One in place of several.
    private static Setting joined(List<Setting> settings) {
        Setting last = settings.getLast();
        if (settings.size() == 1) {
            return last;
        }
        StringBuilder text = new StringBuilder();
        for (Setting setting : settings) {
            String bare = setting.flag().bare(setting.value().strip());
            int equals = bare.indexOf('=');
            text.append(text.isEmpty() ? bare : "," + (equals < 0 ? "true" : bare.substring(equals + 1)));
        }
        return new Setting(last.flag(), text.toString(), last.where());
    }
}
