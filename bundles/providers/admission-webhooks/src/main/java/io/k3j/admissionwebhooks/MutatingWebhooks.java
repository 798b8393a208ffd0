package io.k3j.admissionwebhooks;

import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.ConfigurationSource;
import io.k3j.admissionmatching.MatchedRequest;
import io.k3j.admissionmatching.Reinvocations;
import io.k3j.admissionwebhooks.AdmissionReviews.Answer;
import io.k3j.apimachinery.JsonPatch;
import io.k3j.apimachinery.JsonSize;
import io.k3j.apimachinery.PatchFailure;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// `MutatingAdmissionWebhook`: webhooks that may change the object, one after the other, each shown what the one before
/// has left. A change lets the built-in plug-ins have another look, and the webhooks that want one.
final class MutatingWebhooks extends WebhookPlugin {
    static final String NAME = "MutatingAdmissionWebhook";
    /// Behind all built-in plug-ins but `ServiceAllocation`, which is no admission upstream.
    static final int PLACE = 800;
    private static final String ROUNDS = "webhooks.rounds";
    /// Of an annotation, in bytes: an event has one for each call, and is kept in memory until it is written.
    private static final int LONGEST_PATCH = 64 << 10;

    MutatingWebhooks(ConfigurationSource<List<Webhook>> source, Selection selection,
            WebhookCalls calls) {
        super(source, selection, calls, new Types("admit", "admit"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Struct admit(Write write, Struct given) {
        Reinvocations rounds = (Reinvocations) write.context().notes().computeIfAbsent(ROUNDS,
                _ -> new Reinvocations());
        Struct object = named(write, given);
        rounds.begin(object);
        List<Webhook> webhooks = webhooks();
        for (int i = 0; i < webhooks.size(); i++) {
            Webhook webhook = webhooks.get(i);
            Optional<Invocation> invocation = invocation(webhook, write, object);
            if (invocation.isEmpty() || write.context().round() > 0 && !rounds.again(webhook.id())) {
                continue;
            }
            Struct changed = recorded(invocation.get(), i, write, object);
            if (!changed.equals(object)) {
                rounds.changed();
                write.context().reinvoke();
                object = changed;
            }
            if (webhook.policy().reinvocable()) {
                rounds.asked(webhook.id());
            }
        }
        rounds.end(object);
        return object;
    }

    private static Struct named(Write write, Struct object) {
        Gvk kind = MatchedRequest.kind(write.kind(), write.subresource());
        return object.text("kind").isEmpty()
                ? object.with("apiVersion", kind.apiVersion()).with("kind", kind.kind()) : object;
    }

    /// Asks, and tells the audit whether that has changed the object.
    /// @param index among all webhooks, also those that are not asked
    private Struct recorded(Invocation invocation, int index, Write write, Struct object) {
        Struct changed = object;
        try {
            changed = asked(invocation, index, write, object);
            return changed;
        } finally {
            if (write.context().audited()) {
                Webhook webhook = invocation.webhook();
                int round = write.context().round();
                write.context().annotate("mutation.webhook.admission.k8s.io/" + WebhookCalls.place(round, index),
                        Json.text(told(webhook).with("mutated", !changed.equals(object))));
            }
        }
    }

    private Struct asked(Invocation invocation, int index, Write write, Struct object) {
        AdmissionObjects shown = AdmissionObjects.of(invocation.request(), write, object);
        Answer answer = calls.told(calls.ask(invocation, write, shown, true, calls.deadline(write)), write, "mutation",
                write.context().round(), index).admitted();
        Seq patch = answer == null ? null : answer.patch();
        if (patch == null || patch.isEmpty()) {
            return object;
        }
        Struct document = shown.object();
        if (document == null || write.operation() == Operation.CONNECT) {
            throw ApiFault.internal("admission webhook \"" + invocation.webhook().name()
                    + "\" attempted to modify the object, which is not supported for this operation");
        }
        try {
            Struct changed = write.context().accepted(JsonPatch.apply(document, patch),
                    invocation.request().resource());
            applied(invocation.webhook(), index, write, patch);
            return changed;
        } catch (PatchFailure e) {
            throw ApiFault.internal(String.valueOf(e.getMessage()));
        }
    }

    /// Tells the audit a patch that was applied, where it records what is sent; a long one it tells without the patch.
    private static void applied(Webhook webhook, int index, Write write, Seq patch) {
        if (write.context().recorded().compareTo(Audit.Level.REQUEST) < 0) {
            return;
        }
        boolean told = JsonSize.atLeast(patch, LONGEST_PATCH + 1L) <= LONGEST_PATCH;
        Struct value = told ? told(webhook).with("patch", patch) : told(webhook);
        write.context().annotate("patch.webhook.admission.k8s.io/"
                + WebhookCalls.place(write.context().round(), index), Json.text(value.with("patchType", "JSONPatch")));
    }

    private static Struct told(Webhook webhook) {
        return Struct.of("configuration", webhook.configuration(), "webhook", webhook.name());
    }
}
