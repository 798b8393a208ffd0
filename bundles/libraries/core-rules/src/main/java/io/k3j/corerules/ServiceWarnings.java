package io.k3j.corerules;

import io.k3j.corevalidation.AddressProblems;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/// Upstream's `GetWarningsForService`. Pure.
final class ServiceWarnings {
    private static final String EXTERNAL = "externalIPs";
    private static final String BALANCER_IP = "loadBalancerIP";
    private static final String RANGES = "loadBalancerSourceRanges";

    private ServiceWarnings() {
    }

    static List<String> of(Struct service) {
        Struct spec = service.struct("spec");
        List<String> all = new ArrayList<>();
        if (service.struct("metadata").struct("annotations").has(ServiceRules.HINTS)) {
            all.add("annotation " + ServiceRules.HINTS + " is deprecated, please use " + ServiceRules.TOPOLOGY
                    + " instead");
        }
        if (!spec.text("clusterIP").isEmpty() && !ServiceRules.headless(spec)) {
            list(spec, "clusterIPs", AddressProblems::ipWarnings, all);
        }
        if (ServiceRules.is(spec, "ClusterIP") && ServiceRules.headless(spec)) {
            headless(spec, all);
        }
        list(spec, EXTERNAL, AddressProblems::ipWarnings, all);
        if (!spec.text(BALANCER_IP).isEmpty()) {
            all.addAll(AddressProblems.ipWarnings("spec." + BALANCER_IP, spec.text(BALANCER_IP)));
        }
        list(spec, RANGES, (field, range) -> AddressProblems.cidrWarnings(field, range.strip()), all);
        external(spec, all);
        if (spec.text("trafficDistribution").equals("PreferClose")) {
            all.add("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
        }
        return all;
    }

    private static void list(Struct spec, String field, BiFunction<String, String, List<String>> of, List<String> to) {
        Seq texts = spec.seq(field);
        for (int i = 0; i < texts.size(); i++) {
            to.addAll(of.apply("spec." + field + "[" + i + "]", texts.text(i)));
        }
    }

    private static void headless(Struct spec, List<String> to) {
        if (!spec.text(BALANCER_IP).isEmpty()) {
            to.add("spec.loadBalancerIP is ignored for headless services");
        }
        if (!spec.seq(EXTERNAL).isEmpty()) {
            to.add("spec.externalIPs is ignored for headless services");
        }
        if (!spec.text("sessionAffinity").equals("None")) {
            to.add("spec.SessionAffinity is ignored for headless services");
        }
    }

    private static void external(Struct spec, List<String> to) {
        boolean name = ServiceRules.is(spec, ServiceRules.NAME);
        if (!spec.seq(EXTERNAL).isEmpty() && name) {
            to.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        } else if (!spec.seq(EXTERNAL).isEmpty() && !ServiceRules.headless(spec)) {
            to.add("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
        }
        if (!name && !spec.text("externalName").isEmpty()) {
            to.add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
        }
    }
}
