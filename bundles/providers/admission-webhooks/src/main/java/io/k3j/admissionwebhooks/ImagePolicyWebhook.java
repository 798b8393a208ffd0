package io.k3j.admissionwebhooks;

import io.k3j.admissionwebhooks.ImageReview.Answer;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.metricstext.Hashes;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.webhookclient.CallFailure;
import io.k3j.webhookclient.CallQueue;
import io.k3j.webhookclient.KubeconfigClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Asks a webhook whether the images of a pod may be run, once for each question that is not known. Beyond a bound
/// requests are refused with 429. Any thread; blocks. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#imagepolicywebhook>.
final class ImagePolicyWebhook implements Admission, AutoCloseable {
    static final String NAME = "ImagePolicyWebhook";
    static final int PLACE = 110;
    /// As upstream.
    static final Duration TIMEOUT = Duration.ofSeconds(30);
    /// As upstream; the answer that was not used for longest goes first.
    static final int MOST_KNOWN = 1024;
    private static final CallQueue.Bounds BOUNDS = new CallQueue.Bounds(64, 512, 128);
    private static final Gvr PODS = Gvr.of("v1", "pods");
    private static final String EPHEMERAL = "ephemeralcontainers";
    private static final String AUDIT = "imagepolicywebhook.image-policy.k8s.io/";
    private static final System.Logger LOG = System.getLogger("io.k3j.admissionwebhooks");
    private final ImagePolicyConfiguration configuration;
    private final KubeconfigClient client;
    private final LongSupplier nanos;
    private final CallQueue queue = new CallQueue(BOUNDS);
    private final Map<String, Kept> known = new LinkedHashMap<>(16, 0.75f, true);

    private record Kept(Answer answer, long until) {
    }

    /// Connects with the first question.
    ImagePolicyWebhook(ImagePolicyConfiguration configuration, KubeconfigClient client, LongSupplier nanos) {
        this.configuration = configuration;
        this.client = client;
        this.nanos = nanos;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean remote() {
        return true;
    }

    @Override
    public boolean handles(Write write) {
        boolean changes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return changes && write.kind().gvr().equals(PODS)
                && (write.subresource().isEmpty() || write.subresource().equals(EPHEMERAL));
    }

    @Override
    public void validate(Write write, Struct pod) {
        Struct spec = ImageReview.spec(write.key().namespace(), pod, write.subresource().equals(EPHEMERAL));
        try {
            Answer answer = answer(write, spec);
            answer.annotations().forEach((name, value) -> write.context().annotate(AUDIT + name, value));
            if (!answer.allowed()) {
                throw refused(write, answer.reason().isEmpty() ? "one or more images rejected by webhook backend"
                        : "image policy webhook backend denied one or more images: " + answer.reason());
            }
        } catch (CallFailure e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot ask the image policy webhook allowed={0} error={1}",
                    configuration.failsOpen(), e.reason());
            if (!configuration.failsOpen()) {
                throw refused(write, "the image policy webhook cannot be asked");
            }
            write.context().annotate(AUDIT + "failed-open", "true");
        }
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(PODS, write.key().name(), why);
    }

    private Answer answer(Write write, Struct spec) throws CallFailure {
        String key = Hashes.label(Json.bytes(spec));
        Optional<Answer> kept = kept(key);
        if (kept.isPresent()) {
            return kept.get();
        }
        Answer answer = queue.ask(write.caller().user(), TIMEOUT,
                left -> ImageReview.answer(client.post(ImageReview.body(spec), left)));
        keep(key, answer);
        return answer;
    }

    private Optional<Answer> kept(String key) {
        synchronized (known) {
            Kept kept = known.get(key);
            return kept != null && nanos.getAsLong() - kept.until < 0 ? Optional.of(kept.answer) : Optional.empty();
        }
    }

    private void keep(String key, Answer answer) {
        Duration time = answer.allowed() ? configuration.allowed() : configuration.denied();
        synchronized (known) {
            known.put(key, new Kept(answer, nanos.getAsLong() + time.toNanos()));
            if (known.size() > MOST_KNOWN) {
                known.remove(known.keySet().iterator().next());
            }
        }
    }

    /// Ends what is asked.
    @Override
    public void close() {
        client.close();
    }
}
