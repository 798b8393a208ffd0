package io.k3j.admissionwebhooks;

import io.k3j.admissionmatching.AdmissionObjects;
import io.k3j.admissionmatching.ConfigurationSource;
import io.k3j.admissionwebhooks.WebhookCalls.Result;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// `ValidatingAdmissionWebhook`: webhooks that have the last word, all asked at once. When several refuse, the first in
/// their order is told.
final class ValidatingWebhooks extends WebhookPlugin {
    static final String NAME = "ValidatingAdmissionWebhook";
    /// Behind all that changes an object.
    static final int PLACE = 950;

    ValidatingWebhooks(ConfigurationSource<List<Webhook>> source, Selection selection,
            WebhookCalls calls) {
        super(source, selection, calls, new Types("validating", "validate"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void validate(Write write, Struct object) {
        long deadline = calls.deadline(write);
        List<FutureTask<Result>> tasks = new ArrayList<>();
        for (Webhook webhook : webhooks()) {
            invocation(webhook, write, object).ifPresent(i -> {
                // forms are made here: the context is the writing thread's
                AdmissionObjects shown = AdmissionObjects.of(i.request(), write, object);
                tasks.add(new FutureTask<>(() -> calls.ask(i, write, shown, false, deadline)));
            });
        }
        for (int i = 1; i < tasks.size(); i++) {
            Thread.ofVirtual().name("validating-webhook").start(tasks.get(i));
        }
        if (!tasks.isEmpty()) {
            tasks.getFirst().run();
        }
        List<Result> results = tasks.stream().map(ValidatingWebhooks::result).toList();
        for (int i = 0; i < results.size(); i++) {
            calls.told(results.get(i), write, "validating", 0, i);
        }
        results.forEach(Result::admitted);
    }

    private static Result result(FutureTask<Result> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result("", null, ApiFault.unavailable("the server is being stopped"), false);
        }
    }
}
