package io.k3j.admissionwebhooks;

import io.k3j.admissioncel.MatchConditions.Match;
import io.k3j.admissioncel.MatchConditions.Verdict;
import io.k3j.admissionmatching.ConfigurationSource;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.admissionmatching.RequestMatcher;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.metricstext.MatchConditionMetrics;
import io.k3j.metricstext.MatchConditionMetrics.Asked;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// What both plug-ins have in common.
abstract class WebhookPlugin implements Admission {
    final WebhookCalls calls;
    private final ConfigurationSource<List<Webhook>> source;
    private final Selection selection;
    private final Types types;

    /// What metrics of match conditions call a webhook of a sort; upstream has two words for those that only look.
    /// @param evaluated where it is told how they were answered
    /// @param excluded where it is told that it was not called because of them
    record Types(String evaluated, String excluded) {
    }

    /// How it is found out whether a webhook is asked.
    /// @param metrics counts what match conditions have answered
    record Selection(RequestMatcher matcher, WebhookConditions.Evaluation conditions, MatchConditionMetrics metrics) {
    }

    WebhookPlugin(ConfigurationSource<List<Webhook>> source, Selection selection, WebhookCalls calls, Types types) {
        this.source = source;
        this.selection = selection;
        this.calls = calls;
        this.types = types;
    }

    /// Where nothing is configured this is one look. Before the configurations are known every write is theirs.
    @Override
    public final boolean handles(Write write) {
        List<List<Webhook>> known = source.known();
        return known == null ? !RequestMatcher.exempt(write)
                : !known.isEmpty() && !RequestMatcher.exempt(write) && anyRule(known, write);
    }

    private static boolean anyRule(List<List<Webhook>> known, Write write) {
        for (List<Webhook> configuration : known) {
            for (Webhook webhook : configuration) {
                if (RequestMatcher.matched(webhook.match(), write).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    /// All webhooks in the order they are asked: by the name of their configuration, then as they stand in it.
    final List<Webhook> webhooks() {
        return source.all().stream().flatMap(List::stream).toList();
    }

    /// How a webhook is to be asked, empty when it is not to be.
    /// @throws io.k3j.clientapi.ApiFault 403 when its match conditions fail
    final Optional<Invocation> invocation(Webhook webhook, Write write, Struct object) {
        return selection.matcher().matched(webhook.match(), write, object)
                .filter(r -> asked(webhook, r, write, object)).map(r -> new Invocation(webhook, r));
    }

    private boolean asked(Webhook webhook, MatchedRequest request, Write write, Struct object) {
        Match match = webhook.conditions().match(request, write, object, webhook.policy().ignoresFailure(),
                selection.conditions());
        if (match.verdict() == Verdict.MATCHES) {
            return true;
        }
        String operation = write.operation().name();
        selection.metrics().unmatched(new Asked(webhook.name(), types.evaluated, operation), match.failures(),
                match.nanos());
        if (match.verdict() == Verdict.FAILED) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), match.error());
        }
        selection.metrics().excluded(new Asked(webhook.name(), types.excluded, operation));
        return false;
    }

    @Override
    public final boolean remote() {
        return true;
    }
}
