package io.k3j.resourcescrd;

import io.k3j.clientapi.ApiFault;
import io.k3j.metricstext.CustomResourceMetrics;
import io.k3j.metricstext.CustomResourceMetrics.Call;
import io.k3j.metricstext.CustomResourceMetrics.Outcome;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Defaulting;
import io.k3j.schema.Pruning;
import io.k3j.webhookclient.CallFailure;
import io.k3j.webhookclient.ClientConfig;
import io.k3j.webhookclient.WebhookClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/// Has objects converted by the webhook of their definition, and checks what comes back, in upstream's words. What is
/// sent has the defaults of its version, what comes is pruned to the schema of the other. Any thread; blocks for the
/// answer.
final class ConversionWebhook {
    /// Upstream's limit for a call.
    static final Duration LIMIT = Duration.ofSeconds(30);
    /// The longest answer; a question has at most 1 MiB of objects, or one.
    static final int MOST_ANSWER_BYTES = 4 << 20;
    private final WebhookClient client;
    private final Supplier<UUID> uids;
    private final CustomResourceMetrics metrics;

    /// @param uids of questions
    ConversionWebhook(WebhookClient client, Supplier<UUID> uids, CustomResourceMetrics metrics) {
        this.client = client;
        this.uids = uids;
        this.metrics = metrics;
    }

    /// How calls of conversion webhooks are made.
    static WebhookClient.Limits limits() {
        return new WebhookClient.Limits("conversion-webhook", "", MOST_ANSWER_BYTES,
                WebhookClient.MOST_CALLS);
    }

    /// Where the webhook of a definition is.
    static ClientConfig config(Definition definition) {
        return ClientConfig.of(webhook(definition).struct("clientConfig"));
    }

    private static Struct webhook(Definition definition) {
        return definition.object().spec().struct("conversion").struct("webhook");
    }

    /// Objects of one definition in another version, in the same order; those that are of it already stay as they are.
    /// @throws ApiFault 500 when the webhook cannot be asked or has not answered as it must
    List<Struct> converted(Definition definition, List<Struct> objects, Gvk to) {
        List<Struct> other = objects.stream().filter(o -> !o.text("apiVersion").equals(to.apiVersion()))
                .map(o -> defaulted(definition, o)).toList();
        if (other.isEmpty()) {
            return objects;
        }
        boolean list = objects.size() > 1;
        Gvk from = Gvk.of(other.getFirst().text("apiVersion"), to.kind());
        String which = "conversion webhook for " + ConversionReviews.shown(list
                ? new Gvk(from.group(), from.version(), to.kind() + "List") : from);
        try (Call call = metrics.call(definition.object().name(), from.version(), to.version())) {
            Seq answer = asked(definition, other, to, call);
            call.ends(Outcome.PARTIAL);
            if (answer.size() != other.size()) {
                throw fault(which + " returned " + answer.size() + " objects, expected " + other.size());
            }
            call.ends(Outcome.INVALID);
            List<Struct> all = new ArrayList<>(objects.size());
            int at = 0;
            for (Struct object : objects) {
                all.add(object.text("apiVersion").equals(to.apiVersion()) ? object
                        : pruned(definition, checked(new Place(which, list, at), other.get(at), answer.get(at++), to)));
            }
            call.ends(Outcome.SUCCESS);
            return all;
        } catch (CallFailure failed) {
            throw fault(which + " failed: " + failed.reason());
        }
    }

    private static Struct defaulted(Definition definition, Struct object) {
        return definition.shape(object.text("apiVersion")).map(s -> Defaulting.apply(s, object)).orElse(object);
    }

    private static Struct pruned(Definition definition, Struct object) {
        return definition.shape(object.text("apiVersion")).map(s -> Pruning.prune(s, object).object()).orElse(object);
    }

    /// Upstream's errors of this sort have no reason.
    private static ApiFault fault(String message) {
        return new ApiFault(500, "", message, Struct.EMPTY);
    }

    private Seq asked(Definition definition, List<Struct> objects, Gvk to, Call call) throws CallFailure {
        String version = ConversionReviews.version(webhook(definition));
        String uid = uids.get().toString();
        byte[] body = ConversionReviews.request(version, uid, objects, to);
        byte[] answer = client.post(config(definition), "", body, LIMIT);
        call.ends(Outcome.MALFORMED);
        return ConversionReviews.answer(version, uid, answer);
    }

    /// Which of the objects it is, for messages.
    private record Place(String which, boolean list, int at) {
        String invalid(String what) {
            return which + " returned invalid " + (list ? "converted object at index " + at : what);
        }
    }

    private static Struct checked(Place place, Struct before, Object given, Gvk to) {
        if (!(given instanceof Struct after)) {
            throw fault(place.invalid("object at index 0") + ": it is no object");
        }
        Gvk got = Gvk.of(after.text("apiVersion"), after.text("kind"));
        if (!got.apiVersion().equals(to.apiVersion())) {
            throw fault(place.invalid("object at index 0") + ": invalid groupVersion (expected " + to.apiVersion()
                    + ", received " + ConversionReviews.cut(got.apiVersion()) + ")");
        }
        if (!got.kind().equals(to.kind())) {
            throw fault(place.invalid("object at index 0") + ": invalid kind (expected " + to.kind() + ", received "
                    + ConversionReviews.cut(got.kind()) + ")");
        }
        try {
            ConvertedMetadata.same(before, after);
        } catch (CallFailure wrong) {
            throw fault(place.invalid("object") + ": " + wrong.reason());
        }
        try {
            return ConvertedMetadata.restored(before, after);
        } catch (CallFailure wrong) {
            throw fault(place.which + " returned invalid metadata"
                    + (place.list ? " in object at index " + place.at : "") + ": " + wrong.reason());
        }
    }
}
