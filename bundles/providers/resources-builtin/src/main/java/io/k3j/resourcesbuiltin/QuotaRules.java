package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Rules of ResourceQuotas, as upstream's `ValidateResourceQuota`. Pure.
final class QuotaRules implements KindRules {
    private static final List<Set<String>> CONFLICTS = List.of(Set.of("BestEffort", "NotBestEffort"),
            Set.of("Terminating", "NotTerminating"));
    private static final Set<String> PODS = Set.of("pods");
    private static final Set<String> COMPUTE = Set.of("pods", "cpu", "memory", "limits.cpu", "limits.memory",
            "requests.cpu", "requests.memory");
    private static final Set<String> STORAGE = Set.of("persistentvolumeclaims", "requests.storage");
    private static final Set<String> SCOPES = Set.of("Terminating", "NotTerminating", "BestEffort", "NotBestEffort",
            "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass");
    private static final Set<String> VALUELESS = Set.of("Terminating", "NotTerminating", "BestEffort",
            "NotBestEffort", "CrossNamespacePodAffinity");
    /// Of which a request should be no more than the limit; upstream's `knownResourceNames`.
    private static final List<String> PAIRS = List.of("cpu", "memory", "storage", "ephemeral-storage");
    private static final String UNSUITABLE = "unsupported scope applied to resource";

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.of("status")) {
            amounts(o.struct("status").struct("hard"), p.at("status").at("hard"));
            amounts(o.struct("status").struct("used"), p.at("status").at("used"));
            return;
        }
        Struct spec = o.struct("spec");
        amounts(spec.struct("hard"), p.at("spec").at("hard"));
        scopes(spec, p.at("spec").at("scopes"));
        selector(spec, p.at("spec").at("scopeSelector").at("matchExpressions"));
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        if (write.operation() == Operation.UPDATE
                && !Set.copyOf(before.seq("scopes").texts()).equals(Set.copyOf(spec.seq("scopes").texts()))) {
            p.at("spec").at("scopes").invalid(spec.seq("scopes"), "field is immutable");
        }
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        Struct hard = o.struct("spec").struct("hard");
        List<String> all = new ArrayList<>();
        for (String name : write.operation() == Operation.CREATE ? PAIRS : List.<String>of()) {
            String bare = name.equals("cpu") || name.equals("memory") ? name : "";
            String request = hard.has("requests." + name) ? "requests." + name : bare;
            String limit = "limits." + name;
            if (hard.has(request) && hard.has(limit)
                    && Quantity.of(hard.get(request)).compareTo(Quantity.of(hard.get(limit))) > 0) {
                all.add("ResourceQuota " + request + " (" + Quantity.of(hard.get(request)) + ") should be less than "
                        + limit + " (" + Quantity.of(hard.get(limit)) + ")");
            }
        }
        return all;
    }

    private static void amounts(Struct amounts, Problems p) {
        for (String name : amounts.names()) {
            ResourceNames.quota(name, p.key(name));
            ResourceNames.amount(name, amounts, p.key(name));
        }
    }

    private static void scopes(Struct spec, Problems p) {
        Set<String> names = new HashSet<>();
        for (String scope : spec.seq("scopes").texts()) {
            if (!SCOPES.contains(scope)) {
                p.invalid(spec.seq("scopes"), "unsupported scope");
            }
            unsuitable(spec, scope).forEach(n -> p.invalid(spec.seq("scopes"), UNSUITABLE));
            names.add(scope);
        }
        conflicts(names).forEach(c -> p.invalid(spec.seq("scopes"), "conflicting scopes"));
    }

    private static List<Set<String>> conflicts(Set<String> names) {
        return CONFLICTS.stream().filter(names::containsAll).toList();
    }

    /// The names of a quota that mean nothing within a scope.
    private static Set<String> unsuitable(Struct spec, String scope) {
        Set<String> suitable = switch (scope) {
            case "BestEffort" -> PODS;
            case "VolumeAttributesClass" -> STORAGE;
            default -> COMPUTE;
        };
        Set<String> names = new TreeSet<>(spec.struct("hard").names());
        names.removeIf(n -> !SCOPES.contains(scope) || !ResourceNames.standardForQuota(n) || suitable.contains(n));
        return names;
    }

    private static void selector(Struct spec, Problems p) {
        Set<String> names = new HashSet<>();
        for (Struct e : spec.struct("scopeSelector").seq("matchExpressions").structs()) {
            String scope = e.text("scopeName");
            if (!SCOPES.contains(scope)) {
                p.at("scopeName").invalid(scope, "unsupported scope");
            }
            unsuitable(spec, scope).forEach(n -> p.invalid(spec.struct("scopeSelector"), UNSUITABLE));
            operator(e, p);
            names.add(scope);
        }
        conflicts(names).forEach(c -> p.invalid(spec.seq("scopes"), "conflicting scopes"));
    }

    private static void operator(Struct e, Problems p) {
        String operator = e.text("operator");
        if (VALUELESS.contains(e.text("scopeName")) && !operator.equals("Exists")) {
            p.at("operator").invalid(operator, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating,"
                    + " ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort"
                    + " or ResourceQuotaScopeCrossNamespacePodAffinity");
        }
        boolean some = !e.seq("values").isEmpty();
        switch (operator) {
            case "In", "NotIn" -> {
                if (!some) {
                    p.at("values").required("must be at least one value when `operator` is 'In' or 'NotIn' for scope"
                            + " selector");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (some) {
                    p.at("values").invalid(e.seq("values"), "must be no value when `operator` is 'Exist' or"
                            + " 'DoesNotExist' for scope selector");
                }
            }
            default -> p.at("operator").invalid(operator, "not a valid selector operator");
        }
    }
}
