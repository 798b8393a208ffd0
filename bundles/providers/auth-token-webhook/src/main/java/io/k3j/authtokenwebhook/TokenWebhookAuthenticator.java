package io.k3j.authtokenwebhook;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import io.k3j.authtokenwebhook.TokenReview.Answer;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.HealthScope;
import io.k3j.webhookclient.CallFailure;
import io.k3j.webhookclient.CallQueue;
import io.k3j.webhookclient.KubeconfigClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// Asks the webhook who a token stands for. A request that comes with one has no seat yet, and waits ten seconds at
/// most; beyond a bound it is refused with 429: of strangers by their address, of those whose token was good before by
/// who they are. Any thread; blocks.
final class TokenWebhookAuthenticator implements Authenticator, AutoCloseable {
    /// Behind all who know their tokens by themselves.
    static final int RANKING = 10;
    /// As upstream.
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    /// So many ask it at once about tokens that it has never called good, and three times as many wait. Half of all is
    /// one address's, since who they are is not known yet: whoever sends one unknown token after the other keeps nobody
    /// out who comes from elsewhere.
    static final CallQueue.Bounds STRANGERS = new CallQueue.Bounds(192, 768, 384);
    /// The same about tokens that it has called good before: clients behind the address of a load balancer are kept out
    /// by no stranger behind it who has no such token. Of one user half as many as are asked about at once, waiting
    /// ones with them: where the webhook is slow about his tokens the others have their turns.
    static final CallQueue.Bounds KNOWN = new CallQueue.Bounds(64, 256, 32);
    /// How long each of them is waited for at the end.
    private static final Duration DRAINED = Duration.ofMillis(250);
    private static final System.Logger LOG = System.getLogger("io.k3j.authtokenwebhook");
    private final String version;
    private final List<String> own;
    private final KubeconfigClient client;
    private final HealthScope health;
    private final ReviewCache cache;
    private final Duration timeout;
    private final CallQueue newTokens;
    private final CallQueue goodTokens;
    private final Map<ReviewCache.Key, CompletableFuture<Answer>> open = new ConcurrentHashMap<>();
    private volatile String trouble = "";

    /// @param own audiences of the API server itself
    /// @param timeout of a question, with all it waits for
    /// @param strangers how many ask about tokens that were never good
    /// @param known the same of others
    record Settings(TokenWebhookOptions options, List<String> own, Duration timeout, CallQueue.Bounds strangers,
            CallQueue.Bounds known) {
    }

    /// Connects with the first question.
    TokenWebhookAuthenticator(Settings settings, KubeconfigClient client, HealthScope health, LongSupplier nanos) {
        this.version = settings.options.version();
        this.own = settings.own;
        this.timeout = settings.timeout;
        this.newTokens = new CallQueue(settings.strangers);
        this.goodTokens = new CallQueue(settings.known);
        this.client = client;
        this.health = health;
        this.cache = new ReviewCache(settings.options.ttl(), nanos);
    }

    @Override
    public Optional<Caller> authenticate(Credentials credentials) throws BadCredential {
        return review(credentials).map(Reviewed::caller);
    }

    @Override
    public Optional<Reviewed> review(Credentials credentials) throws BadCredential {
        if (credentials.bearer().isEmpty()) {
            return Optional.empty();
        }
        List<String> wanted = credentials.audiences().isEmpty() ? own : credentials.audiences();
        Answer answer = answer(credentials, wanted);
        if (answer.caller().isEmpty() && !answer.error().isEmpty()) {
            throw new BadCredential(answer.error());
        }
        List<String> meant = answer.audiences().isEmpty() ? own : answer.audiences();
        List<String> matching = wanted.stream().filter(meant::contains).toList();
        return matching.isEmpty() ? Optional.empty() : answer.caller().map(who -> new Reviewed(who, matching));
    }

    private Answer answer(Credentials credentials, List<String> wanted) throws BadCredential {
        String token = credentials.bearer();
        ReviewCache.Key key = ReviewCache.Key.of(token, wanted);
        Optional<Answer> known = cache.get(key);
        if (known.isPresent()) {
            return known.get();
        }
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> other = open.putIfAbsent(key, mine);
        if (other != null) {
            return awaited(other);
        }
        try {
            // an answer that came between the first look and the entry is kept by now
            Optional<Answer> since = cache.get(key);
            Answer answer = since.isPresent() ? since.get() : asked(key, credentials.origin(), wanted, token);
            mine.complete(answer);
            return answer;
        } catch (CallFailure e) {
            mine.completeExceptionally(e);
            failing(e.reason());
            throw unasked();
        } catch (ApiFault e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            open.remove(key, mine);
            // without effect on one that is done
            mine.cancel(false);
        }
    }

    private Answer asked(ReviewCache.Key key, String origin, List<String> wanted, String token) throws CallFailure {
        byte[] body = TokenReview.body(version, token, wanted);
        Optional<String> user = cache.user(key);
        CallQueue queue = user.isPresent() ? goodTokens : newTokens;
        Answer answer = queue.ask(user.orElse(origin), timeout,
                left -> TokenReview.answer(client.post(body, left), version));
        if (answer.error().isEmpty()) {
            cache.put(key, answer);
        }
        well();
        return answer;
    }

    private Answer awaited(CompletableFuture<Answer> other) throws BadCredential {
        try {
            return other.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unasked();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiFault refused) {
                throw refused;
            }
            throw unasked();
        } catch (TimeoutException | CancellationException e) {
            throw unasked();
        }
    }

    /// The caller is not told where the webhook is, and what it has answered.
    private static BadCredential unasked() {
        return new BadCredential("the token webhook cannot be asked");
    }

    private synchronized void failing(String why) {
        if (trouble.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "Failed to make webhook authenticator request error={0}", why);
        }
        trouble = why;
        health.degraded(why);
    }

    private void well() {
        if (!trouble.isEmpty()) {
            recovered();
        }
    }

    private synchronized void recovered() {
        trouble = "";
        health.ok();
    }

    /// Nobody begins to ask any more: waits for those who do.
    @Override
    public void close() {
        boolean alone = newTokens.drained(DRAINED) & goodTokens.drained(DRAINED);
        LOG.log(System.Logger.Level.DEBUG, "The token webhook is left alone={0}", alone);
        client.close();
    }
}
