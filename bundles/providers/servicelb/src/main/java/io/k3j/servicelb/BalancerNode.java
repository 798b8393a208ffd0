package io.k3j.servicelb;

import io.k3j.apimachinery.Names;
import io.k3j.componenthelpers.Taint;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What of a Node decides which Services it carries. Pure.
///
/// @param created RFC 3339
/// @param ready whether packets get there
/// @param excluded by label, or because it is being deleted
/// @param enabled the label [ServiceLbLabels#ENABLE], `false` where it has no value; empty without
/// @param pool the label [ServiceLbLabels#POOL]; empty without
/// @param external its external addresses, those only that a Service may have
/// @param internal its internal addresses, in the same way
/// @param hostname its external DNS name; empty without
record BalancerNode(String name, String created, boolean ready, boolean excluded, String enabled, String pool,
        List<Taint> taints, List<String> external, List<String> internal, String hostname) {
    private static final Set<String> BARRING = Set.of("NoSchedule", "NoExecute");

    /// @param usable which addresses Services may have
    static BalancerNode of(Obj node, Predicate<InetAddress> usable) {
        List<Struct> addresses = node.status().seq("addresses").structs();
        return new BalancerNode(node.name(), node.metadata().text("creationTimestamp"),
                node.status().seq("conditions").find("type", "Ready").text("status").equals("True"),
                node.terminating() || node.labels().containsKey(ServiceLbLabels.EXCLUDE),
                enabled(node),
                node.labels().getOrDefault(ServiceLbLabels.POOL, ""),
                Taint.of(node.spec().seq("taints")).stream().filter(t -> BARRING.contains(t.effect())).toList(),
                literals(addresses, "ExternalIP", usable), literals(addresses, "InternalIP", usable),
                addresses.stream().filter(a -> a.text("type").equals("ExternalDNS")).map(a -> a.text("address"))
                        .filter(a -> Names.subdomain(a).isEmpty()).findFirst().orElse(""));
    }

    private static String enabled(Obj node) {
        String value = node.labels().getOrDefault(ServiceLbLabels.ENABLE, "");
        return value.isEmpty() && node.labels().containsKey(ServiceLbLabels.ENABLE) ? "false" : value;
    }

    private static List<String> literals(List<Struct> addresses, String type, Predicate<InetAddress> usable) {
        return addresses.stream().filter(a -> a.text("type").equals(type)).map(a -> a.text("address"))
                .filter(a -> usable(a, usable)).distinct().toList();
    }

    private static boolean usable(String text, Predicate<InetAddress> usable) {
        try {
            return usable.test(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
