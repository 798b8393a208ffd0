package io.k3j.admissionpolicies;

import io.k3j.admissioncel.AdmissionInput;
import io.k3j.admissioncel.BoundEngine;
import io.k3j.admissioncel.MatchConditions;
import io.k3j.admissioncel.MatchConditions.Match;
import io.k3j.admissioncel.MatchConditions.Verdict;
import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.admissionmatching.RequestMatcher;
import io.k3j.admissionmatching.RequestNamespace;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.metricstext.MatchConditionMetrics;
import io.k3j.metricstext.MatchConditionMetrics.Asked;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What both plug-ins have in common: which policies are applied to a request, by which bindings and with which
/// parameters.
/// @param <P> what the expressions of a policy are compiled to
abstract class PolicyPlugin<P> implements Admission {
    /// How long the policies of one request may take together: upstream's `--request-timeout`. Whoever may write
    /// parameters says how often a policy is evaluated for one request.
    static final Duration WHOLE = Duration.ofSeconds(60);
    final LongSupplier nanos;
    private final PolicySource<P> source;
    private final Surroundings around;

    /// What policies are shown beside the request, and by what they are evaluated.
    /// @param cel null while there is none
    /// @param conditions counts what match conditions have answered
    record Surroundings(RequestMatcher matcher, PolicyParams params, RequestNamespace namespaces,
            Authorizer authorizer, Supplier<@Nullable BoundEngine> cel, MatchConditionMetrics conditions) {
    }

    /// @param nanos a clock that only goes forward
    PolicyPlugin(PolicySource<P> source, Surroundings around, LongSupplier nanos) {
        this.source = source;
        this.around = around;
        this.nanos = nanos;
    }

    /// Before each evaluation; the time begins with the first one of a request.
    /// @throws ApiFault 504 when it is over, whatever failure policies say
    final void inTime(Write write) {
        long now = nanos.getAsLong();
        long deadline = (Long) write.context().notes().computeIfAbsent("policies.deadline",
                _ -> now + WHOLE.toNanos());
        if (now - deadline > 0) {
            throw new ApiFault(504, "Timeout", "Timeout: request did not complete within requested timeout",
                    Struct.EMPTY);
        }
    }

    /// Where no policy is bound this is one look. Before the policies are known every write is theirs.
    @Override
    public final boolean handles(Write write) {
        List<PolicyHook<P>> known = source.known();
        return known == null ? !RequestMatcher.exempt(write)
                : !known.isEmpty() && !RequestMatcher.exempt(write) && anyRule(known, write);
    }

    private boolean anyRule(List<PolicyHook<P>> known, Write write) {
        for (PolicyHook<P> hook : known) {
            if (RequestMatcher.matched(hook.policy().match(), write).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /// The policies that are applied to a request, each by each of its bindings that match.
    /// @param object as it is now
    final List<PolicyInvocation<P>> invocations(Write write, Struct object) {
        List<PolicyInvocation<P>> all = new ArrayList<>();
        for (PolicyHook<P> hook : source.all()) {
            Optional<MatchedRequest> matched = around.matcher().matched(hook.policy().match(), write, object);
            if (matched.isPresent()) {
                hooked(hook, matched.get(), write, object, all);
            }
        }
        return all;
    }

    private void hooked(PolicyHook<P> hook, MatchedRequest matched, Write write, Struct object,
            List<PolicyInvocation<P>> into) {
        Policy<P> policy = hook.policy();
        String fault = unusable(policy);
        if (!fault.isEmpty()) {
            into.add(new PolicyInvocation<>(policy, null, matched, List.of(), "failed to configure policy: " + fault));
            return;
        }
        for (Binding binding : hook.bindings()) {
            try {
                if (!binding.broken().isEmpty()) {
                    throw new PolicyFault(binding.broken());
                }
                if (around.matcher().matched(binding.match(), write, object).isPresent()) {
                    into.add(new PolicyInvocation<>(policy, binding, matched, around.params().of(policy, binding,
                            RequestMatcher.namespace(write)), ""));
                }
            } catch (PolicyFault f) {
                into.add(new PolicyInvocation<>(policy, binding, matched, List.of(),
                        "failed to configure binding: " + f.reason()));
            }
        }
    }

    private String unusable(Policy<P> policy) {
        try {
            if (policy.params() != null) {
                around.params().kind(policy.params());
            }
            return policy.broken();
        } catch (PolicyFault f) {
            return f.reason();
        }
    }

    /// A policy's expressions, compiled.
    /// @throws ApiFault 503: while expressions cannot be evaluated nothing passes unseen
    final P program(Policy<P> policy) {
        BoundEngine cel = around.cel().get();
        if (cel == null) {
            throw ApiFault
                    .unavailable("admission policies cannot be evaluated: the bundle io.k3j.cel is being replaced");
        }
        return policy.program().by(cel);
    }

    /// Whether the match conditions of a policy hold, as they see a request.
    /// @param input as [#input] makes it, asked for only where there are some
    final Match match(Policy<P> policy, MatchConditions conditions, Write write, Supplier<AdmissionInput> input) {
        if (conditions.conditions().isEmpty()) {
            return Match.MATCHES;
        }
        Match match = conditions.match(input.get(), policy.ignoresFailure());
        if (match.verdict() != Verdict.MATCHES) {
            around.conditions().unmatched(new Asked(policy.name(), "validate", write.operation().name()),
                    match.failures(), match.nanos());
        }
        return match;
    }

    /// What a policy sees of a request before its match conditions hold, but for parameters.
    final AdmissionInput input(MatchedRequest matched, Write write, AdmissionObjects objects) {
        return AdmissionInput.of(matched, write, objects, around.authorizer());
    }

    /// The same once they hold: with the namespace the request is in.
    final AdmissionInput namespacedInput(MatchedRequest matched, Write write, AdmissionObjects objects) {
        return input(matched, write, objects).namespace(() -> namespace(write));
    }

    /// The namespace a request is in, null for none; a Namespace is in none.
    /// @throws ApiFault 404 when it is not there
    private @Nullable Struct namespace(Write write) {
        Gvr resource = write.kind().gvr();
        boolean itself = resource.resource().equals("namespaces") && resource.group().isEmpty();
        String name = itself ? "" : write.key().namespace();
        return name.isEmpty() ? null : around.namespaces().of(write, name).tree();
    }
}
