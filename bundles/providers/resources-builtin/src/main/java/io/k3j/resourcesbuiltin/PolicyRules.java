package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.celapi.Cel;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.pki.SigningRequest;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Rules of PodDisruptionBudgets, PriorityClasses, Leases and CertificateSigningRequests; those of other kinds have
/// classes of their own.
final class PolicyRules {
    private PolicyRules() {
    }

    static void into(Map<String, KindRules> map, Supplier<@Nullable Cel> cel) {
        map.put("PodDisruptionBudget", new Budgets());
        map.put("PriorityClass", new Priorities());
        map.put("RuntimeClass", new Runtimes());
        map.put("Lease", new Leases());
        map.put("CertificateSigningRequest", new Requests());
        map.put("MutatingWebhookConfiguration", new WebhookConfigurationRules(cel));
        map.put("ValidatingWebhookConfiguration", new WebhookConfigurationRules(cel));
        for (String sort : List.of("Mutating", "Validating")) {
            map.put(sort + "AdmissionPolicy", new AdmissionPolicyRules(cel));
            map.put(sort + "AdmissionPolicyBinding", new AdmissionBindingRules());
        }
        map.put("APIService", new ApiServiceRules());
    }

    private static final class Budgets implements KindRules {
        @Override
        public void check(Write write, Struct o, Problems problems) {
            Struct spec = o.struct("spec");
            Problems p = problems.at("spec");
            if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
                p.invalid(spec, "minAvailable and maxUnavailable cannot be both set");
            }
            p.countOrPercent(spec, "minAvailable");
            p.countOrPercent(spec, "maxUnavailable");
            p.oneOf(spec, "unhealthyPodEvictionPolicy", List.of("AlwaysAllow", "IfHealthyBudget"));
            LabelSelectorRules.check(spec.struct("selector"), p.at("selector"));
        }
    }

    private static final class Priorities implements KindRules {
        private static final long HIGHEST_USER = 1_000_000_000;

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.in(o, "preemptionPolicy", "PreemptLowerPriority");
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            String name = o.struct("metadata").text("name");
            boolean system = name.equals("system-cluster-critical") || name.equals("system-node-critical");
            if (name.startsWith("system-") && !system) {
                p.at("metadata").at("name").forbidden("priority class names with 'system-' prefix are reserved for"
                        + " system use only. error: " + name + " is not a known system priority class");
            } else if (!system && o.whole("value", 0) > HIGHEST_USER) {
                p.at("value").forbidden("maximum allowed value of a user defined priority is " + HIGHEST_USER);
            }
            if (write.operation() == Operation.UPDATE) {
                Struct before = write.before().orElse(Struct.EMPTY);
                if (before.whole("value", 0) != o.whole("value", 0)) {
                    p.at("value").forbidden("may not be changed in an update.");
                }
                p.immutable(before, o, "preemptionPolicy");
            }
        }
    }

    private static final class Runtimes implements KindRules {
        @Override
        public void check(Write write, Struct o, Problems p) {
            if (p.present(o, "handler")) {
                p.at("handler").invalid(o.text("handler"), Names.label(o.text("handler")));
            }
            if (write.operation() == Operation.UPDATE) {
                p.immutable(write.before().orElse(Struct.EMPTY), o, "handler");
            }
        }
    }

    private static final class Leases implements KindRules {
        @Override
        public void check(Write write, Struct o, Problems p) {
            p.at("spec").positive(o.struct("spec"), "leaseDurationSeconds");
            p.at("spec").notNegative(o.struct("spec"), "leaseTransitions");
        }
    }

    private static final class Requests implements KindRules {
        @Override
        public Struct prepared(Write write, Struct o) {
            Struct before = write.before().orElse(Struct.EMPTY);
            if (write.operation() == Operation.CREATE) {
                return o.with("status", Struct.EMPTY).with("spec", signed(write, o.struct("spec")));
            }
            return switch (write.subresource()) {
                case "" -> o.with("spec", before.struct("spec")).with("status", before.struct("status"));
                case "status" -> o.with("status", undecided(before.struct("status"), o.struct("status")));
                default -> o;
            };
        }

        /// A status write by a signer: the conditions Approved and Denied stay as the approvers set them.
        private static Struct undecided(Struct before, Struct status) {
            List<Struct> conditions = new ArrayList<>(before.seq("conditions").structs().stream()
                    .filter(Requests::decides).toList());
            status.seq("conditions").structs().stream().filter(c -> !decides(c)).forEach(conditions::add);
            return conditions.isEmpty() ? status.without("conditions") : status.with("conditions", conditions);
        }

        private static boolean decides(Struct condition) {
            return condition.text("type").equals("Approved") || condition.text("type").equals("Denied");
        }

        private static Struct signed(Write write, Struct spec) {
            Struct.Builder b = spec.toBuilder().put("username", write.caller().user());
            b.remove("uid").remove("groups").remove("extra");
            return b.putUnlessEmpty("uid", write.caller().uid()).putUnlessEmpty("groups", write.caller().groups())
                    .putUnlessEmpty("extra", write.caller().extra()).build();
        }

        @Override
        public List<String> name(String name) {
            return Names.pathSegment(name);
        }

        /// A request that cannot be read, or whose key has not signed it.
        private static void request(String request, Problems p) {
            try {
                SigningRequest.parse(new String(Base64.getDecoder().decode(request), StandardCharsets.ISO_8859_1));
            } catch (IllegalArgumentException e) {
                p.invalid(request.isEmpty() ? null : request, String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            Struct spec = o.struct("spec");
            p.at("spec").present(spec, "signerName");
            if (write.operation() == Operation.CREATE) {
                request(spec.text("request"), p.at("spec").at("request"));
            }
            if (spec.seq("usages").isEmpty()) {
                p.at("spec").at("usages").required("usages is required");
            }
            long seconds = spec.whole("expirationSeconds", 600);
            if (seconds < 600) {
                p.at("spec").at("expirationSeconds").invalid(seconds, "may not specify a duration less than 600 seconds"
                        + " (10 minutes)");
            }
        }
    }
}
