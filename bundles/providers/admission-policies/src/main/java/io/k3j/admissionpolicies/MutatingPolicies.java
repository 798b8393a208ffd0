package io.k3j.admissionpolicies;

import io.k3j.admissioncel.AdmissionInput;
import io.k3j.admissioncel.MatchConditions.Match;
import io.k3j.admissioncel.MatchConditions.Verdict;
import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.admissionmatching.Reinvocations;
import io.k3j.admissionpolicies.MutatingProgram.Mutation;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// `MutatingAdmissionPolicy`: policies that change the object, one after the other, each shown what the one before has
/// left. A change lets the plug-ins before them have another look, and the policies that want one.
final class MutatingPolicies extends PolicyPlugin<MutatingProgram> {
    static final String NAME = "MutatingAdmissionPolicy";
    /// Right before `MutatingAdmissionWebhook`.
    static final int PLACE = 790;
    private static final String ROUNDS = "policies.rounds";
    private static final int FORBIDDEN = 403;
    private final PolicyMetrics metrics;

    /// @param nanos a clock that only goes forward
    MutatingPolicies(PolicySource<MutatingProgram> source, Surroundings around, PolicyMetrics metrics,
            LongSupplier nanos) {
        super(source, around, nanos);
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Struct admit(Write write, Struct given) {
        if (write.operation() == Operation.DELETE) {
            return given;
        }
        Reinvocations rounds = (Reinvocations) write.context().notes().computeIfAbsent(ROUNDS,
                _ -> new Reinvocations());
        Round round = new Round(write, rounds, named(write, given));
        rounds.begin(round.object);
        invocations(write, round.object).forEach(round::apply);
        rounds.end(round.object);
        if (!round.refusals.isEmpty()) {
            throw denied(write, round.refusals, round.reason);
        }
        return round.object;
    }

    private static Struct named(Write write, Struct object) {
        Gvk kind = MatchedRequest.kind(write.kind(), write.subresource());
        return object.text("kind").isEmpty()
                ? object.with("apiVersion", kind.apiVersion()).with("kind", kind.kind()) : object;
    }

    /// The policies of one round of a request. For its thread.
    private final class Round {
        private final Write write;
        private final Reinvocations rounds;
        private Struct object;
        private final List<String> refusals = new ArrayList<>(0);
        private String reason = "Forbidden";

        Round(Write write, Reinvocations rounds, Struct object) {
            this.write = write;
            this.rounds = rounds;
            this.object = object;
        }

        void apply(PolicyInvocation<MutatingProgram> invocation) {
            if (!invocation.fault().isEmpty()) {
                refuse(invocation, invocation.fault(), "Forbidden");
                return;
            }
            MutatingProgram program = program(invocation.policy());
            for (Struct params : invocation.params()) {
                inTime(write);
                Struct before = object;
                String key = invocation.policy().name() + "/" + invocation.bindingName() + "/"
                        + params.struct("metadata").text("namespace") + "/" + params.struct("metadata").text("name");
                if (!wanted(invocation, program, params) || write.context().round() > 0 && !rounds.again(key)) {
                    continue;
                }
                program.mutations().forEach(m -> mutate(invocation, program, m, params));
                if (!before.equals(object)) {
                    rounds.changed();
                    write.context().reinvoke();
                }
                if (invocation.policy().spec().text("reinvocationPolicy").equals("IfNeeded")) {
                    rounds.asked(key);
                }
            }
        }

        private boolean wanted(PolicyInvocation<MutatingProgram> invocation, MutatingProgram program, Struct params) {
            Match match = match(invocation.policy(), program.conditions(), write,
                    () -> input(new MatchedRequest(write.kind(), invocation.request().kind()), write,
                            shown(invocation)).params(given(params)));
            if (match.verdict() == Verdict.FAILED) {
                refuse(invocation, match.error(), "Invalid");
            }
            return match.verdict() == Verdict.MATCHES;
        }

        private @Nullable Struct given(Struct params) {
            return params == PolicyParams.NONE ? null : params;
        }

        private AdmissionObjects shown(PolicyInvocation<MutatingProgram> invocation) {
            return AdmissionObjects.of(invocation.request(), write, object);
        }

        private void mutate(PolicyInvocation<MutatingProgram> invocation, MutatingProgram program, Mutation mutation,
                Struct params) {
            long start = nanos.getAsLong();
            AdmissionObjects shown = shown(invocation);
            Struct document = shown.object();
            if (document == null || write.operation() == Operation.CONNECT) {
                return;
            }
            AdmissionInput input = namespacedInput(invocation.request(), write, shown).params(given(params));
            try {
                Struct made = Mutator.mutated(mutation, program.variables(), input, document,
                        shape(invocation.request(), mutation));
                if (!made.equals(document)) {
                    object = write.context().accepted(made, invocation.request().resource());
                }
                metrics.mutated(invocation, "no_error", nanos.getAsLong() - start);
            } catch (PolicyFault f) {
                metrics.mutated(invocation, PolicyDecision.errorType(f.reason()), nanos.getAsLong() - start);
                refuse(invocation, f.reason(), "Invalid");
            }
        }

        /// What a path takes that is not of its resource's kind, as a Scale, is read by nobody here.
        private static Shape shape(MatchedRequest request, Mutation mutation) {
            ResourceKind resource = request.resource();
            return mutation.jsonPatch() && !request.kind().equals(resource.gvk()) ? Shape.ANY : resource.shape();
        }

        private void refuse(PolicyInvocation<MutatingProgram> invocation, String why, String as) {
            if (invocation.policy().ignoresFailure()) {
                return;
            }
            if (refusals.isEmpty()) {
                reason = as;
            }
            refusals.add(invocation.binding() == null
                    ? "policy \"" + invocation.policy().name() + "\" denied request: " + why
                    : "policy '" + invocation.policy().name() + "' with binding '" + invocation.bindingName()
                            + "' denied request: " + why);
        }
    }

    /// As upstream: the first is the message, all are causes, and the code is that of a Forbidden whatever the reason.
    private static ApiFault denied(Write write, List<String> refusals, String reason) {
        ApiFault forbidden = ApiFault.forbidden(write.kind().gvr(), write.key().name(), "");
        return new ApiFault(FORBIDDEN, reason, refusals.getFirst(), forbidden.details().with("causes",
                Seq.copyOf(refusals.stream().map(r -> Struct.of("message", r)).toList())));
    }
}
