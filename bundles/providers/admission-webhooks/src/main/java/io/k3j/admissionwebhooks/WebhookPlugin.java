package io.k3j.admissionwebhooks;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import java.util.List;

/// What both plug-ins have in common.
abstract class WebhookPlugin implements Admission {
    final WebhookSource source;
    final WebhookMatcher matcher;
    final WebhookCalls calls;

    WebhookPlugin(WebhookSource source, WebhookMatcher matcher, WebhookCalls calls) {
        this.source = source;
        this.matcher = matcher;
        this.calls = calls;
    }

    /// Where nothing is configured this is one look. Before the configurations are known every write is theirs.
    @Override
    public final boolean handles(Write write) {
        List<Webhook> known = source.known();
        return known == null ? !WebhookMatcher.exempt(write)
                : !known.isEmpty() && !WebhookMatcher.exempt(write) && WebhookMatcher.anyRule(known, write);
    }

    @Override
    public final boolean remote() {
        return true;
    }
}
