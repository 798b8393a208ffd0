package io.k3j.admissionpolicies;

import io.k3j.admissioncel.AdmissionInput;
import io.k3j.admissioncel.MatchConditions.Match;
import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.admissionpolicies.ValidatingProgram.Outcome;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// `ValidatingAdmissionPolicy`: policies that have the last word before the webhooks. All are asked, also behind a
/// refusal, for their warnings; the first refusal is told.
final class ValidatingPolicies extends PolicyPlugin<ValidatingProgram> {
    static final String NAME = "ValidatingAdmissionPolicy";
    /// Right before `ValidatingAdmissionWebhook`.
    static final int PLACE = 940;
    private static final Map<String, Integer> CODES = Map.of("Forbidden", 403, "Unauthorized", 401,
            "RequestEntityTooLarge", 413);
    private static final int INVALID = 422;
    /// Upstream's bound of an annotation's value, in characters.
    private static final int LONGEST_ANNOTATION = 10 << 10;
    private final PolicyMetrics metrics;

    /// @param nanos a clock that only goes forward
    ValidatingPolicies(PolicySource<ValidatingProgram> source, Surroundings around, PolicyMetrics metrics,
            LongSupplier nanos) {
        super(source, around, nanos);
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void validate(Write write, Struct object) {
        Round round = new Round(write, object);
        invocations(write, object).forEach(round::apply);
        round.annotate();
        if (round.refusal != null) {
            throw round.refusal;
        }
    }

    /// The policies of one request. For its thread.
    private final class Round {
        private final Write write;
        private final Struct object;
        /// Converted once for each version somebody wants to see.
        private final Map<ResourceKind, AdmissionObjects> objects = new HashMap<>();
        /// Made once for all policies that see the request in the same form.
        private final Map<MatchedRequest, AdmissionInput> inputs = new HashMap<>();
        private final Map<String, Set<String>> annotations = new TreeMap<>();
        private @Nullable ApiFault refusal;

        Round(Write write, Struct object) {
            this.write = write;
            this.object = object;
        }

        void apply(PolicyInvocation<ValidatingProgram> invocation) {
            if (!invocation.fault().isEmpty()) {
                unusable(invocation, invocation.fault());
                return;
            }
            AdmissionObjects shown;
            try {
                shown = objects.computeIfAbsent(invocation.request().resource(),
                        _ -> AdmissionObjects.of(invocation.request(), write, object));
            } catch (ApiFault f) {
                unusable(invocation, "failed to configure policy: failed to convert object version: " + f.getMessage());
                return;
            }
            ValidatingProgram program = program(invocation.policy());
            for (Struct params : invocation.params()) {
                inTime(write);
                Outcome outcome = outcome(invocation, program, shown, params);
                for (int i = 0; i < outcome.decisions().size(); i++) {
                    enforce(invocation, i, outcome.decisions().get(i));
                }
                if (write.context().audited()) {
                    outcome.annotations().forEach((key, value) -> annotations
                            .computeIfAbsent(invocation.policy().name() + "/" + key, _ -> new LinkedHashSet<>())
                            .add(value));
                }
                outcome.annotationFailures().stream().filter(PolicyDecision::denied).forEach(d -> {
                    refuse(invocation, d.message(), "");
                    metrics.decided(invocation, d.errorType(), "deny", d.nanos());
                });
            }
        }

        private Outcome outcome(PolicyInvocation<ValidatingProgram> invocation, ValidatingProgram program,
                AdmissionObjects shown, Struct params) {
            boolean ignores = invocation.policy().ignoresFailure();
            Struct given = params == PolicyParams.NONE ? null : params;
            Match match = match(invocation.policy(), program.conditions(), write,
                    () -> input(new MatchedRequest(write.kind(), invocation.request().kind()), write, shown)
                            .params(given));
            return switch (match.verdict()) {
                case EXCLUDED -> Outcome.NOTHING;
                case FAILED -> Outcome.failed(PolicyDecision.failed(ignores, match.error(), 0));
                case MATCHES -> {
                    AdmissionInput input = inputs.computeIfAbsent(invocation.request(),
                            r -> namespacedInput(r, write, shown));
                    yield program.evaluate(input.params(given), ignores, nanos);
                }
            };
        }

        private void unusable(PolicyInvocation<ValidatingProgram> invocation, String why) {
            if (!invocation.policy().ignoresFailure()) {
                refuse(invocation, why, "");
            }
        }

        /// Tells the audit what policies want to have recorded.
        void annotate() {
            annotations.forEach((key, values) -> {
                String all = String.join(", ", values);
                write.context().annotate(key,
                        all.length() <= LONGEST_ANNOTATION ? all : all.substring(0, LONGEST_ANNOTATION));
            });
        }

        /// @param index of the validation
        private void enforce(PolicyInvocation<ValidatingProgram> invocation, int index, PolicyDecision decision) {
            if (!decision.denied()) {
                if (decision.failed()) {
                    metrics.decided(invocation, decision.errorType(), "allow", decision.nanos());
                }
                return;
            }
            Binding binding = invocation.binding();
            List<String> actions = binding == null ? List.of() : binding.actions();
            for (String action : actions) {
                switch (action) {
                    case "Deny" -> refuse(invocation, decision.message(), decision.reason());
                    case "Warn" -> write.context().warn("Validation failed for ValidatingAdmissionPolicy '"
                            + invocation.policy().name() + "' with binding '" + invocation.bindingName() + "': "
                            + decision.message());
                    default -> {
                        if (write.context().audited()) {
                            write.context().annotate("validation.policy.admission.k8s.io/validation_failure",
                                    failure(invocation, actions, index, decision.message()));
                        }
                    }
                }
                metrics.decided(invocation, decision.errorType(), action.toLowerCase(Locale.ROOT),
                        decision.nanos());
            }
        }

        private String failure(PolicyInvocation<ValidatingProgram> invocation, Collection<String> actions, int index,
                String message) {
            return Json.text(Seq.of(Struct.of("message", message, "policy", invocation.policy().name(), "binding",
                    invocation.bindingName(), "expressionIndex", index, "validationActions",
                    Seq.copyOf(actions))));
        }

        private void refuse(PolicyInvocation<ValidatingProgram> invocation, String why, String reason) {
            if (refusal == null) {
                String by = invocation.binding() == null ? "" : " with binding '" + invocation.bindingName() + "'";
                refusal = denied(write, "ValidatingAdmissionPolicy '" + invocation.policy().name() + "'" + by
                        + " denied request: " + why, reason.isEmpty() ? "Invalid" : reason);
            }
        }
    }

    /// A Forbidden in words, with reason and code of its own, as upstream.
    private static ApiFault denied(Write write, String message, String reason) {
        ApiFault forbidden = ApiFault.forbidden(write.kind().gvr(), write.key().name(), message);
        return new ApiFault(CODES.getOrDefault(reason, INVALID), reason, String.valueOf(forbidden.getMessage()),
                forbidden.details().with("causes", Seq.of(Struct.of("message", message))));
    }
}
