package io.k3j.corerules;

import io.k3j.apimachinery.Names;
import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What a load balancer says of a Service: upstream's `ValidateLoadBalancerStatus`. Pure.
final class ServiceStatus {
    private static final String MODE = "ipMode";
    private static final List<String> MODES = List.of("Proxy", "VIP");

    private ServiceStatus() {
    }

    /// An address without a mode gets its packets with that address in them.
    ///
    /// @param status of a Service of type `LoadBalancer`
    static Struct defaulted(Struct status) {
        return Fill.inside(status, "loadBalancer",
                l -> Fill.each(l, "ingress", i -> i.text("ip").isEmpty() || i.has(MODE) ? i : i.with(MODE, "VIP")));
    }

    private static Seq ingress(Struct service) {
        return service.struct("status").struct("loadBalancer").seq("ingress");
    }

    /// @param before the Service as it was; addresses that stood in its status are left
    /// @param p `status.loadBalancer.ingress`
    static void check(Struct before, Struct service, Problems p) {
        Seq all = ingress(service);
        if (all.isEmpty() || ingress(before).equals(all)) {
            return;
        }
        if (!ServiceRules.is(service.struct("spec"), ServiceRules.BALANCER)) {
            p.forbidden("may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }
        Set<String> known = ingress(before).structs().stream().map(i -> i.text("ip")).collect(Collectors.toSet());
        for (int i = 0; i < all.size(); i++) {
            entry(all.struct(i), known, p.element(i));
        }
    }

    private static void entry(Struct entry, Set<String> known, Problems p) {
        String ip = entry.text("ip");
        String wrong = ip.isEmpty() || known.contains(ip) ? "" : Addresses.legacy(ip);
        if (!wrong.isEmpty()) {
            p.at("ip").invalid(ip, wrong);
        }
        mode(entry, p.at(MODE));
        String host = entry.text("hostname");
        if (!host.isEmpty()) {
            p.at("hostname").invalid(host, Names.subdomain(host));
            if (Addresses.isSloppy(host)) {
                p.at("hostname").invalid(host, "must be a DNS name, not an IP address");
            }
        }
    }

    private static void mode(Struct entry, Problems p) {
        boolean address = !entry.text("ip").isEmpty();
        if (address && !entry.has(MODE)) {
            p.required("must be specified when `ip` is set");
        } else if (!address && entry.has(MODE)) {
            p.forbidden("may not be specified when `ip` is not set");
        } else if (address && !MODES.contains(entry.text(MODE))) {
            p.unsupported(entry.text(MODE), MODES);
        }
    }
}
