package io.k3j.resourcesbuiltin;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;

/// The addresses of a Service that somebody writes into it and every node's packet filter reads: from outside the
/// cluster, of load balancers, and of those who may use them. Pure.
final class ServiceAddresses {
    private static final String SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

    private ServiceAddresses() {
    }

    /// Checks `externalIPs` and `loadBalancerSourceRanges`.
    ///
    /// @param before as it was; ranges that stood there are left, so that a Service which was stored when nobody looked
    /// at them can still be changed and deleted
    static void outside(Struct before, Struct spec, Problems p) {
        Seq external = spec.seq("externalIPs");
        for (int i = 0; i < external.size(); i++) {
            if (!Addresses.isIp(external.text(i))) {
                p.at("externalIPs", i).invalid(external.text(i), Addresses.MUST_BE_IP);
            }
        }
        sources(before, spec, p);
    }

    private static void sources(Struct before, Struct spec, Problems p) {
        Seq ranges = spec.seq("loadBalancerSourceRanges");
        if (before.seq("loadBalancerSourceRanges").equals(ranges) && before.text("type").equals(spec.text("type"))) {
            return;
        }
        if (!ranges.isEmpty() && !spec.text("type").equals("LoadBalancer")) {
            p.at("LoadBalancerSourceRanges").forbidden("may only be used when `type` is 'LoadBalancer'");
        }
        for (int i = 0; i < ranges.size(); i++) {
            // upstream takes spaces around a range, as its annotation had them
            if (!Addresses.isPrefix(ranges.text(i).strip())) {
                p.at("LoadBalancerSourceRanges", i).invalid(ranges.text(i), Addresses.MUST_BE_PREFIX);
            }
        }
    }

    /// Checks the annotation that counts where `loadBalancerSourceRanges` is empty.
    static void annotation(Struct before, Struct service, Problems p) {
        String given = annotation(service);
        boolean same = annotation(before).equals(given) && before.struct("spec").text("type")
                .equals(service.struct("spec").text("type"));
        if (same || !service.struct("metadata").struct("annotations").has(SOURCE_RANGES)
                || !service.struct("spec").seq("loadBalancerSourceRanges").isEmpty()) {
            return;
        }
        Problems at = p.at("metadata").at("annotations").key(SOURCE_RANGES);
        if (!service.struct("spec").text("type").equals("LoadBalancer")) {
            at.forbidden("may only be used when `type` is 'LoadBalancer'");
        }
        for (String range : given.strip().isEmpty() ? new String[0] : given.split(",", -1)) {
            if (!Addresses.isPrefix(range.strip())) {
                at.invalid(range, Addresses.MUST_BE_PREFIX);
            }
        }
    }

    private static String annotation(Struct service) {
        return service.struct("metadata").struct("annotations").text(SOURCE_RANGES);
    }

    /// Checks the addresses of `status.loadBalancer` that are not as they were.
    static void ingress(Struct before, Struct service, Problems p) {
        Seq all = service.struct("status").struct("loadBalancer").seq("ingress");
        if (before.struct("status").struct("loadBalancer").seq("ingress").equals(all)) {
            return;
        }
        for (int i = 0; i < all.size(); i++) {
            String ip = all.struct(i).text("ip");
            if (!ip.isEmpty() && !Addresses.isIp(ip)) {
                p.at("ingress", i).at("ip").invalid(ip, Addresses.MUST_BE_IP);
            }
        }
    }
}
