package io.k3j.corerules;

import io.k3j.corevalidation.AddressProblems;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The addresses of a Service that somebody writes into it and every node's packet filter reads: from outside the
/// cluster, and of those who may use its load balancer. What stood there stays, so that a Service which was stored when
/// nobody looked at it can still be changed and deleted. Pure.
final class ServiceAddresses {
    private static final String EXTERNAL = "externalIPs";
    private static final String RANGES = "loadBalancerSourceRanges";
    private static final String ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges";

    private ServiceAddresses() {
    }

    /// Checks `externalIPs` and `loadBalancerSourceRanges`.
    ///
    /// @param before the spec as it was
    static void outside(Struct before, Struct spec, Problems p) {
        Seq external = spec.seq(EXTERNAL);
        Set<String> known = external.isEmpty() ? Set.of() : Set.copyOf(before.seq(EXTERNAL).texts());
        for (int i = 0; i < external.size(); i++) {
            String ip = external.text(i);
            String wrong = known.contains(ip) ? "" : wrong(ip);
            if (!wrong.isEmpty()) {
                p.at(EXTERNAL, i).invalid(ip, wrong);
            }
        }
        sources(before, spec, p);
    }

    private static String wrong(String ip) {
        String wrong = Addresses.legacy(ip);
        return wrong.isEmpty() ? Addresses.special(Struct.EMPTY, ip) : wrong;
    }

    private static void sources(Struct before, Struct spec, Problems p) {
        Seq ranges = spec.seq(RANGES);
        Seq old = before.seq(RANGES);
        if (old.equals(ranges) && before.text("type").equals(spec.text("type"))) {
            return;
        }
        if (!ranges.isEmpty() && !ServiceRules.is(spec, ServiceRules.BALANCER)) {
            p.at("LoadBalancerSourceRanges").forbidden(ServiceRules.ONLY_BALANCER);
        }
        Set<String> known = old.texts().stream().map(String::strip).collect(Collectors.toSet());
        for (int i = 0; i < ranges.size(); i++) {
            // upstream takes spaces around a range, as its annotation had them
            String range = ranges.text(i).strip();
            p.at("LoadBalancerSourceRanges", i).invalid(range, AddressProblems.legacyCidr(range, known));
        }
    }

    /// Checks the annotation that counts where `loadBalancerSourceRanges` is empty.
    static void annotation(Struct before, Struct service, Problems p) {
        String given = annotation(service);
        boolean same = annotation(before).equals(given) && before.struct("spec").text("type")
                .equals(service.struct("spec").text("type"));
        if (same || !service.struct("metadata").struct("annotations").has(ANNOTATION)
                || !service.struct("spec").seq(RANGES).isEmpty()) {
            return;
        }
        Problems at = p.at("metadata").at("annotations").key(ANNOTATION);
        if (!ServiceRules.is(service.struct("spec"), ServiceRules.BALANCER)) {
            at.forbidden(ServiceRules.ONLY_BALANCER);
        }
        Set<String> known = Set.copyOf(parts(annotation(before)));
        for (String range : parts(given)) {
            at.invalid(range, AddressProblems.legacyCidr(range, known));
        }
    }

    private static String annotation(Struct service) {
        return service.struct("metadata").struct("annotations").text(ANNOTATION);
    }

    private static List<String> parts(String annotation) {
        return annotation.strip().isEmpty() ? List.of()
                : Stream.of(annotation.split(",", -1)).map(String::strip).toList();
    }
}
