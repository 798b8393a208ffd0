package io.k3j.admissionwebhooks;

import io.k3j.admissionmatching.ConfigurationSource;
import io.k3j.admissionmatching.RequestMatcher;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// What both plug-ins have in common.
abstract class WebhookPlugin implements Admission {
    final WebhookCalls calls;
    private final ConfigurationSource<List<Webhook>> source;
    private final Selection selection;

    /// How it is found out whether a webhook is asked.
    record Selection(RequestMatcher matcher, WebhookConditions.Evaluation conditions) {
    }

    WebhookPlugin(ConfigurationSource<List<Webhook>> source, Selection selection, WebhookCalls calls) {
        this.source = source;
        this.selection = selection;
        this.calls = calls;
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
                .filter(r -> webhook.conditions().hold(r, write, object, webhook.policy().ignoresFailure(),
                        selection.conditions()))
                .map(r -> new Invocation(webhook, r));
    }

    @Override
    public final boolean remote() {
        return true;
    }
}
