package io.k3j.admissionwebhooks;

import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionwebhooks.AdmissionReviews.Answer;
import io.k3j.admissionwebhooks.WebhookMetrics.Outcome;
import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import io.k3j.webhookclient.WebhookClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Asks one webhook, and says what follows from its answer or its silence, in upstream's words. Any thread; blocks for
/// the answer.
final class WebhookCalls {
    /// How long the webhooks of one request may take together: upstream's `--request-timeout`.
    static final Duration WHOLE = Duration.ofSeconds(60);
    private static final System.Logger LOG = System.getLogger("io.k3j.admissionwebhooks");
    private static final long SAY_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    /// Of an annotation's value, in characters; upstream's bound of those of policies.
    private static final int LONGEST_ANNOTATION = 10 << 10;
    private static final int LOWEST_REFUSAL = 400;
    private static final int HIGHEST_STATUS = 599;
    /// Under which upstream counts a webhook that takes no review of a known version.
    private static final int BROKEN = 400;
    private final WebhookClient client;
    private final WebhookCredentials credentials;
    private final WebhookMetrics metrics;
    private final LongSupplier nanos;
    private final Supplier<UUID> uids;
    private final Map<String, Long> said = new ConcurrentHashMap<>();

    /// @param credentials say as whom webhooks are asked
    /// @param nanos a clock that only goes forward
    /// @param uids of questions
    @SuppressWarnings("checkstyle:ParameterNumber") // each comes from elsewhere
    WebhookCalls(WebhookClient client, WebhookCredentials credentials, WebhookMetrics metrics, LongSupplier nanos,
            Supplier<UUID> uids) {
        this.client = client;
        this.credentials = credentials;
        this.metrics = metrics;
        this.nanos = nanos;
        this.uids = uids;
    }

    /// What came of a call.
    /// @param webhook its name
    /// @param answer null: it failed
    /// @param fault how the request ends; null: it goes on
    /// @param failedOpen whether it could not be asked, and need not be
    record Result(String webhook, @Nullable Answer answer, @Nullable ApiFault fault, boolean failedOpen) {
        /// The answer of a webhook that lets the request pass, null when it could not be asked and need not be.
        /// @throws ApiFault how the request ends
        @Nullable
        Answer admitted() {
            if (fault != null) {
                throw fault;
            }
            return answer;
        }
    }

    /// Tells the client what it is warned of, and the audit what the webhook has to say. On the writing thread.
    /// @param kind with round and place of the webhook, as keys of the audit's annotations have them
    Result told(Result result, Write write, String kind, int round, int index) {
        Answer answer = result.answer;
        if (answer != null) {
            answer.warnings().forEach(write.context()::warn);
        }
        if (write.context().audited()) {
            if (answer != null) {
                answer.annotations().forEach((key, value) -> annotate(result.webhook, key, value, write));
            }
            if (result.failedOpen) {
                write.context().annotate("failed-open." + kind + ".webhook.admission.k8s.io/"
                        + place(round, index), result.webhook);
            }
        }
        return result;
    }

    /// Of a webhook in its round, in the keys of annotations.
    static String place(int round, int index) {
        return "round_" + round + "_index_" + index;
    }

    /// Whatever a webhook calls a key or says at length does not go into a log.
    private void annotate(String webhook, String key, String value, Write write) {
        String whole = webhook + "/" + key;
        if (key.indexOf('/') >= 0 || !Names.qualified(whole).isEmpty()) {
            if (sayable(webhook + "/")) {
                LOG.log(System.Logger.Level.WARNING, "Audit annotation dropped, its key is none webhook={0}", webhook);
            }
            return;
        }
        write.context().annotate(whole,
                value.length() <= LONGEST_ANNOTATION ? value : value.substring(0, LONGEST_ANNOTATION));
    }

    private boolean sayable(String what) {
        long now = nanos.getAsLong();
        Long last = said.get(what);
        boolean say = last == null || now - last > SAY_AGAIN_NANOS;
        if (say) {
            said.put(what, now);
        }
        return say;
    }

    /// When the webhooks of a request must have answered; set with the first question.
    long deadline(Write write) {
        return (Long) write.context().notes().computeIfAbsent("webhooks.deadline",
                _ -> nanos.getAsLong() + WHOLE.toNanos());
    }

    /// Asks.
    /// @param deadline of the request, see [#deadline]
    Result ask(Invocation invocation, Write write, AdmissionObjects objects, boolean mutating, long deadline) {
        Webhook webhook = invocation.webhook();
        String type = mutating ? "admit" : "validating";
        long start = nanos.getAsLong();
        Result result;
        Outcome outcome;
        try {
            Answer answer = answer(invocation, write, objects, mutating, deadline - start);
            ApiFault denied = answer.allowed() ? null : denied(webhook.name(), answer.status());
            result = new Result(webhook.name(), answer, denied, false);
            outcome = denied == null ? Outcome.ADMITTED : new Outcome(true, "no_error", denied.code());
        } catch (CallFailure f) {
            boolean open = webhook.policy().ignoresFailure();
            result = new Result(webhook.name(), null,
                    open ? late(deadline) : ApiFault.internal("failed calling webhook \""
                            + webhook.name() + "\": " + f.reason()),
                    open);
            outcome = new Outcome(!open, "calling_webhook_error", f.code());
            failed(webhook, type, f, open);
        } catch (ApiFault unsupported) {
            result = new Result(webhook.name(), null, unsupported, false);
            outcome = new Outcome(true, "apiserver_internal_error", 0);
        }
        metrics.called(webhook.name(), type, write.operation(), outcome, nanos.getAsLong() - start);
        return result;
    }

    private Answer answer(Invocation invocation, Write write, AdmissionObjects objects, boolean mutating, long left)
            throws CallFailure {
        Webhook webhook = invocation.webhook();
        if (!webhook.broken().isEmpty()) {
            throw new CallFailure(webhook.broken(), BROKEN);
        }
        if (write.dryRun() && !webhook.policy().dryRun()) {
            throw ApiFault.badRequest("admission webhook \"" + webhook.name() + "\" does not support dry run");
        }
        if (left <= 0) {
            throw tooLate();
        }
        String uid = uids.get().toString();
        byte[] body = Json.bytes(AdmissionReviews.request(uid, invocation.request(), write, objects));
        Duration limit = webhook.policy().timeout();
        return AdmissionReviews.answer(uid, mutating, client.post(webhook.client(), credentials.of(mutating),
                write.caller().user(), body, limit.toNanos() <= left ? limit : Duration.ofNanos(left)));
    }

    private @Nullable ApiFault late(long deadline) {
        return nanos.getAsLong() < deadline ? null : tooLate();
    }

    private static ApiFault tooLate() {
        return new ApiFault(504, "Timeout", "Timeout: request did not complete within requested timeout", Struct.EMPTY);
    }

    private void failed(Webhook webhook, String type, CallFailure why, boolean open) {
        if (open) {
            metrics.failedOpen(webhook.name(), type);
        }
        if (sayable(webhook.id())) {
            LOG.log(System.Logger.Level.WARNING, open ? "Failed calling webhook, failing open name={0} error={1}"
                    : "Failed calling webhook, failing closed name={0} error={1}", webhook.id(), why.reason());
        }
    }

    /// Forgets what was said of all others.
    void retain(List<Webhook> webhooks) {
        Set<String> known = webhooks.stream().flatMap(w -> Stream.of(w.id(), w.name() + "/"))
                .collect(Collectors.toUnmodifiableSet());
        said.keySet().retainAll(known);
    }

    /// What a webhook says counts but for a code that is none of a refusal.
    private static ApiFault denied(String webhook, Struct status) {
        String deniedBy = "admission webhook \"" + webhook + "\" denied the request";
        String message = status.text("message");
        String reason = status.text("reason");
        String told = !message.isEmpty() ? deniedBy + ": " + message
                : !reason.isEmpty() ? deniedBy + ": " + reason : deniedBy + " without explanation";
        long code = status.whole("code", 0);
        return new ApiFault(code < LOWEST_REFUSAL || code > HIGHEST_STATUS ? LOWEST_REFUSAL : (int) code, reason, told,
                status.struct("details"));
    }
}
