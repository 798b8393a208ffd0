package io.k3j.clusterdns;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.corefile.ConfigFiles;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The ConfigMaps `coredns` and `coredns-custom` of `kube-system`, and what holds while there is none.
final class CorefileSource {
    private static final String NAMESPACE = "kube-system";
    private static final String MAIN = "coredns";
    private static final String CUSTOM = "coredns-custom";
    private final LiveView main;
    private final LiveView custom;
    private final String domain;

    /// @param changed called after each change, on the view's thread
    CorefileSource(LiveViews views, String domain, Runnable changed) {
        this.domain = domain;
        main = follow(views, MAIN, changed);
        custom = follow(views, CUSTOM, changed);
    }

    private static LiveView follow(LiveViews views, String name, Runnable changed) {
        LiveView view = views.of(BuiltinResources.CONFIG_MAPS,
                Query.in(NAMESPACE).where("metadata.name", name));
        view.listen((before, after) -> changed.run());
        return view;
    }

    /// Whether both, or their absence, are known.
    boolean synced() {
        return main.synced() && custom.synced();
    }

    /// The files as they are now; without the ConfigMap `coredns` its Corefile is K3s' own.
    ConfigFiles files() {
        Map<String, String> data = new HashMap<>(data(main, MAIN));
        data.putIfAbsent("Corefile", packaged(domain));
        return ConfigFiles.of(data, data(custom, CUSTOM));
    }

    /// What is used while nothing else can be: K3s' own Corefile with what there is of NodeHosts, nothing imported.
    ConfigFiles fallback() {
        Map<String, String> data = new HashMap<>(data(main, MAIN));
        data.put("Corefile", packaged(domain));
        return ConfigFiles.of(data, Map.of());
    }

    private static Map<String, String> data(LiveView view, String name) {
        return view.get(new Key(NAMESPACE, name)).map(o -> o.tree().struct("data").texts()).orElse(Map.of());
    }

    /// The ConfigMap a file comes from.
    Optional<Obj> origin(String path) {
        return ConfigFiles.origin(path).equals(CUSTOM) ? custom.get(new Key(NAMESPACE, CUSTOM))
                : main.get(new Key(NAMESPACE, MAIN));
    }

    /// K3s' Corefile.
    static String packaged(String domain) {
        return """
                .:53 {
                    errors
                    health
                    ready
                    kubernetes %s in-addr.arpa ip6.arpa {
                      pods insecure
                      fallthrough in-addr.arpa ip6.arpa
                    }
                    hosts /etc/coredns/NodeHosts {
                      ttl 60
                      reload 15s
                      fallthrough
                    }
                    prometheus :9153
                    cache 30
                    loop
                    reload
                    loadbalance
                    import /etc/coredns/custom/*.override
                    forward . /etc/resolv.conf
                }
                import /etc/coredns/custom/*.server
                """.formatted(domain);
    }
}
