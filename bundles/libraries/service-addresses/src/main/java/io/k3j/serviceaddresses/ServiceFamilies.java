package io.k3j.serviceaddresses;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Which address families a Service has, as its writer and the cluster want it: upstream's `initIPFamilyFields`. Pure.
///
/// @param primary the family of a Service whose writer does not say
/// @param configured whether the cluster has addresses of a family
public record ServiceFamilies(String primary, Predicate<String> configured) {
    private static final String FOUR = "IPv4";
    private static final String SIX = "IPv6";
    private static final String SINGLE = "SingleStack";
    private static final String PREFERRED = "PreferDualStack";
    private static final String BOTH = "RequireDualStack";
    private static final String NONE = "None";
    private static final String ADDRESSES = "clusterIPs";
    private static final String FAMILIES = "ipFamilies";
    private static final String POLICY = "ipFamilyPolicy";
    private static final String TWO = "must be 'RequireDualStack' or 'PreferDualStack' when multiple ";

    /// The cluster addresses that the writer has chosen, or `None` alone.
    public static List<String> given(Struct spec) {
        List<String> given = new ArrayList<>(spec.seq(ADDRESSES).texts());
        if (given.isEmpty() && !spec.text("clusterIP").isEmpty()) {
            given.add(spec.text("clusterIP"));
        }
        return given;
    }

    /// Whether a Service stays as it is: one that would like both families keeps what it has got, though the cluster
    /// may have others by now, until its writer changes the policy, an address or a family.
    ///
    /// @param before empty for a new Service
    public static boolean settled(Struct before, Struct spec) {
        return spec.text(POLICY).equals(PREFERRED) && before.text(POLICY).equals(PREFERRED)
                && before.text("type").equals(spec.text("type")) && !spec.seq(FAMILIES).isEmpty()
                && before.seq(ADDRESSES).equals(spec.seq(ADDRESSES))
                && before.seq(FAMILIES).equals(spec.seq(FAMILIES));
    }

    /// The spec with its families and their policy.
    public Struct of(Struct spec) {
        String policy = policy(spec);
        List<String> families = new ArrayList<>(spec.seq(FAMILIES).texts());
        List<String> given = given(spec);
        for (int i = families.size(); i < given.size() && !given.get(i).equals(NONE); i++) {
            families.add(family(given.get(i)));
        }
        if (families.isEmpty()) {
            families.add(primary);
        }
        String other = families.getFirst().equals(FOUR) ? SIX : FOUR;
        boolean second = !policy.equals(SINGLE) && (configured.test(other) || selectorless(spec));
        if (second && families.size() == 1) {
            families.add(other);
        }
        return spec.with(FAMILIES, families).with(POLICY, policy);
    }

    private static String policy(Struct spec) {
        return spec.text(POLICY, selectorless(spec) ? BOTH : SINGLE);
    }

    /// Headless and without a selector: its addresses are its writer's own.
    private static boolean selectorless(Struct spec) {
        return spec.text("clusterIP").equals(NONE) && spec.struct("selector").isEmpty();
    }

    static String family(String address) {
        return address.indexOf(':') >= 0 ? SIX : FOUR;
    }

    /// Why the addresses and families that a writer has chosen cannot be; empty when they can.
    ///
    /// @param before empty for a new Service
    public List<FieldProblem> problems(Struct before, Struct spec) {
        Problems p = Problems.none().at("spec");
        ClusterIpProblems.check(before, spec, p);
        if (p.found().isEmpty()) {
            policy(before, spec, p);
            inferred(spec, p);
        }
        if (p.found().isEmpty() && !selectorless(spec)) {
            cluster(spec, p);
        }
        return p.found();
    }

    /// Whether the policy lets the writer have so many, or so few.
    private static void policy(Struct before, Struct spec, Problems problems) {
        String policy = policy(spec);
        Problems p = problems.at(POLICY);
        if (!policy.equals(SINGLE) && reduced(before.seq(ADDRESSES), spec.seq(ADDRESSES))) {
            p.invalid(policy, "must be 'SingleStack' to release the secondary cluster IP");
        }
        if (!policy.equals(SINGLE) && reduced(before.seq(FAMILIES), spec.seq(FAMILIES))) {
            p.invalid(policy, "must be 'SingleStack' to release the secondary IP family");
        }
        if (policy.equals(SINGLE) && given(spec).size() == 2) {
            p.invalid(policy, TWO + "cluster IPs are specified");
        }
        if (policy.equals(SINGLE) && spec.seq(FAMILIES).size() == 2) {
            p.invalid(policy, TWO + "IP families are specified");
        }
    }

    private static boolean reduced(Seq before, Seq now) {
        return !now.isEmpty() && now.size() < before.size();
    }

    private void inferred(Struct spec, Problems p) {
        List<String> given = given(spec);
        for (int i = spec.seq(FAMILIES).size(); i < given.size() && !given.get(i).equals(NONE); i++) {
            if (!configured.test(family(given.get(i)))) {
                p.at(ADDRESSES, i).invalid(Seq.copyOf(given),
                        family(given.get(i)) + " is not configured on this cluster");
            }
        }
    }

    private void cluster(Struct spec, Problems p) {
        boolean single = !configured.test(FOUR) || !configured.test(SIX);
        if (single && policy(spec).equals(BOTH)) {
            p.at(POLICY).invalid(BOTH, "this cluster is not configured for dual-stack services");
        }
        Seq families = spec.seq(FAMILIES);
        for (int i = 0; i < families.size(); i++) {
            if (!configured.test(families.text(i))) {
                p.at(FAMILIES, i).invalid(families.text(i), "not configured on this cluster");
            }
        }
    }
}
