package io.k3j.authwebhook;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Unseated;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import io.k3j.webhookclient.CallQueue;
import io.k3j.webhookclient.KubeconfigClient;
import io.k3j.webhookclient.WebhookKubeconfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// Asks one webhook, once for each question that is not known. Waits for it without a seat, as long as its timeout at
/// most; so do those who find too many asking already, and beyond a bound they are refused with 429. What cannot be
/// asked is denied, or left to the next authorizer, as is configured. Any thread; blocks.
final class WebhookAuthorizer {
    /// So many ask it at once, and three times as many wait; of all these one user has a quarter.
    static final CallQueue.Bounds BOUNDS = new CallQueue.Bounds(512, 2048, 512);
    private static final int MOST_ANSWER_BYTES = 1 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.authwebhook");
    private final AuthorizerConfiguration configuration;
    private final WebhookConfiguration webhook;
    private final KubeconfigClient client;
    private final DecisionCache cache;
    private final Parts parts;
    private final CallQueue queue;
    private volatile ReviewConditions conditions;

    /// What all webhooks share.
    /// @param environment may name proxies
    record Parts(AuthorizationMetrics metrics, AuthorizationHealth health, Map<String, String> environment,
            LongSupplier nanos, CallQueue.Bounds bounds) {
    }

    private WebhookAuthorizer(AuthorizerConfiguration configuration, WebhookConfiguration webhook,
            KubeconfigClient client, ReviewConditions conditions, Parts parts) {
        this.configuration = configuration;
        this.webhook = webhook;
        this.client = client;
        this.conditions = conditions;
        this.parts = parts;
        this.queue = new CallQueue(parts.bounds);
        this.cache = new DecisionCache(webhook, parts.nanos);
    }

    /// Reads its kubeconfig, and connects with the first question.
    /// @throws IllegalArgumentException when that cannot be used
    static WebhookAuthorizer of(AuthorizerConfiguration configuration, ConditionCompiler compiler, Parts parts) {
        WebhookConfiguration webhook = configuration.webhook().orElseThrow();
        try {
            return new WebhookAuthorizer(configuration, webhook,
                    new KubeconfigClient(WebhookKubeconfig.read(Path.of(webhook.kubeconfig()), parts.environment),
                            new KubeconfigClient.Settings("authorization-webhook", MOST_ANSWER_BYTES)),
                    compiler.conditions(webhook.conditions()), parts);
        } catch (IOException e) {
            throw new IllegalArgumentException("authorizer \"" + configuration.name() + "\": " + e.getMessage(), e);
        }
    }

    AuthorizerConfiguration configuration() {
        return configuration;
    }

    /// Conditions of another engine count from now on.
    void compiledBy(ConditionCompiler compiler) {
        conditions = compiler.conditions(webhook.conditions());
    }

    /// What it says, or has said.
    Decision decide(Caller caller, Attributes what) {
        ReviewConditions.Match match = match(caller, what);
        return switch (match.verdict()) {
            case EXCLUDED -> Decision.NO_OPINION;
            case FAILED -> failed(match.error());
            case MATCHES -> known(caller, AccessReview.of(caller, what), what);
        };
    }

    private ReviewConditions.Match match(Caller caller, Attributes what) {
        ReviewConditions now = conditions;
        if (now.programs().isEmpty()) {
            return now.match(Struct.EMPTY);
        }
        long since = parts.nanos.getAsLong();
        ReviewConditions.Match match = now.match(AccessReview.request(caller, what));
        parts.metrics.matched(configuration.name(), match.verdict(), parts.nanos.getAsLong() - since);
        return match;
    }

    private Decision known(Caller caller, AccessReview review, Attributes what) {
        DecisionCache.Key key = DecisionCache.Key.of(review);
        Optional<Decision> known = cache.get(key);
        if (known.isPresent()) {
            return known.get();
        }
        AtomicReference<Decision> answer = new AtomicReference<>(Decision.NO_OPINION);
        Unseated.run(() -> answer.set(asked(caller, review, key, what)));
        return Objects.requireNonNull(answer.get());
    }

    private Decision asked(Caller caller, AccessReview review, DecisionCache.Key key, Attributes what) {
        long since = parts.nanos.getAsLong();
        try {
            Decision decision = queue.ask(caller.user(), webhook.timeout(), left -> AccessReview
                    .decision(client.post(review.body(webhook.version()), left), webhook.version()));
            parts.metrics.evaluated(configuration.name(), "success", parts.nanos.getAsLong() - since);
            parts.health.well(configuration.name());
            cache.put(key, what, decision);
            return decision;
        } catch (CallFailure e) {
            boolean late = e.reason().contains("deadline exceeded");
            parts.metrics.evaluated(configuration.name(), late ? "timeout" : "error",
                    parts.nanos.getAsLong() - since);
            return failed(e.reason());
        }
    }

    /// The caller is not told where the webhook is, and what it has answered.
    private Decision failed(String why) {
        parts.health.failing(configuration.name(), why);
        if (!webhook.deniesOnFailure()) {
            parts.metrics.failedOpen(configuration.name());
        }
        return new Decision(webhook.deniesOnFailure() ? Verdict.DENY : Verdict.NO_OPINION,
                "authorizer \"" + configuration.name() + "\" cannot be asked");
    }

    /// Nobody begins to ask it any more: waits for those who do.
    void close(Duration limit) {
        boolean alone = queue.drained(limit);
        LOG.log(System.Logger.Level.DEBUG, "A webhook is left name={0} alone={1}", configuration.name(), alone);
        client.close();
        parts.health.well(configuration.name());
    }
}
