package io.k3j.serviceaddresses;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Which address families a Service has, as its writer and the cluster want it. Pure.
///
/// @param primary the family of a Service whose writer does not say
/// @param configured whether the cluster has addresses of a family
public record ServiceFamilies(String primary, Predicate<String> configured) {
    private static final String FOUR = "IPv4";
    private static final String SIX = "IPv6";
    private static final String SINGLE = "SingleStack";
    private static final String BOTH = "RequireDualStack";

    /// The cluster addresses that the writer has chosen, or `None` alone.
    public static List<String> given(Struct spec) {
        List<String> given = new ArrayList<>(spec.seq("clusterIPs").texts());
        if (given.isEmpty() && !spec.text("clusterIP").isEmpty()) {
            given.add(spec.text("clusterIP"));
        }
        return given;
    }

    /// The spec with its families and their policy.
    public Struct of(Struct spec) {
        boolean two = spec.seq("clusterIPs").size() == 2 || spec.seq("ipFamilies").size() == 2;
        String policy = spec.text("ipFamilyPolicy", selectorless(spec) || two ? BOTH : SINGLE);
        List<String> families = new ArrayList<>(spec.seq("ipFamilies").texts());
        if (families.isEmpty()) {
            families.add(given(spec).stream().findFirst().filter(a -> !a.equals("None"))
                    .map(ServiceFamilies::family).orElse(primary));
        }
        String other = families.getFirst().equals(FOUR) ? SIX : FOUR;
        boolean second = !policy.equals(SINGLE) && (configured.test(other) || selectorless(spec));
        if (second && families.size() == 1) {
            families.add(other);
        }
        return spec.with("ipFamilies", families).with("ipFamilyPolicy", policy);
    }

    /// Headless and without a selector: its addresses are its writer's own.
    private static boolean selectorless(Struct spec) {
        return spec.text("clusterIP").equals("None") && spec.struct("selector").isEmpty();
    }

    private static String family(String address) {
        return address.indexOf(':') >= 0 ? SIX : FOUR;
    }

    /// Why the families cannot be, or the addresses of them.
    ///
    /// @param spec with families, as [#of] gives it
    public Optional<FieldProblem> problem(Struct spec, List<String> given) {
        return twoAtMost(spec.seq("ipFamilies"), given).or(() -> mismatch(spec, given));
    }

    /// Each family once, so that a Service asks for two addresses at most.
    private static Optional<FieldProblem> twoAtMost(Seq families, List<String> given) {
        for (int i = 0; i < families.size(); i++) {
            String family = families.text(i);
            String field = "spec.ipFamilies[" + i + "]";
            if (!family.equals(FOUR) && !family.equals(SIX)) {
                return Optional.of(FieldProblem.unsupported(field, family, "\"IPv4\", \"IPv6\""));
            }
            if (families.texts().indexOf(family) < i) {
                return Optional.of(FieldProblem.duplicate(field, family));
            }
        }
        return given.size() <= 2 ? Optional.empty() : Optional.of(
                FieldProblem.invalid("spec.clusterIPs", Seq.copyOf(given), "may only hold up to 2 values"));
    }

    private Optional<FieldProblem> mismatch(Struct spec, List<String> given) {
        boolean single = !configured.test(FOUR) || !configured.test(SIX);
        if (single && !selectorless(spec) && spec.text("ipFamilyPolicy").equals(BOTH)) {
            return Optional.of(FieldProblem.invalid("spec.ipFamilyPolicy", BOTH,
                    "this cluster is not configured for dual-stack services"));
        }
        Seq families = spec.seq("ipFamilies");
        for (int i = 0; i < Math.min(given.size(), families.size()); i++) {
            String address = given.get(i);
            if (Addresses.isIp(address) && !family(address).equals(families.text(i))) {
                return Optional.of(FieldProblem.invalid("spec.clusterIPs[" + i + "]", address,
                        "expected an " + families.text(i) + " value as indicated by `ipFamilies[" + i + "]`"));
            }
        }
        return Optional.empty();
    }
}
