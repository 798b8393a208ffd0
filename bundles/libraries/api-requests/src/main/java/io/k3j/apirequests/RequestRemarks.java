package io.k3j.apirequests;

import io.k3j.apiserverapi.Audit;
import io.k3j.objectregistry.Remarks;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is said of the write of a request. On the writing thread; nothing blocks.
/// @param warnings takes texts for the client
/// @param audit takes annotations, and how long parts of the write took
/// @param request is told who was waited for; null for what is no request over HTTP
public record RequestRemarks(Consumer<String> warnings, AuditContext audit, @Nullable Request request)
        implements
            Remarks {
    /// Of a call of a component of this process.
    public RequestRemarks(Consumer<String> warnings, AuditContext audit) {
        this(warnings, audit, null);
    }

    /// Of a request over HTTP.
    public static RequestRemarks of(Request request) {
        return new RequestRemarks(request::warn, request.audit(), request);
    }

    @Override
    public void accept(String warning) {
        warnings.accept(warning);
    }

    @Override
    public void annotate(String key, String value) {
        audit.annotate(key, value);
    }

    @Override
    public void waited(boolean validating, long nanos) {
        audit.took(validating ? Latency.VALIDATING_WEBHOOK : Latency.MUTATING_WEBHOOK, nanos);
        if (request != null) {
            request.webhooks(validating, nanos);
        }
    }

    @Override
    public void stored(long nanos) {
        audit.took(Latency.STORAGE, nanos);
    }

    @Override
    public Audit.Level recorded() {
        return audit.level();
    }
}
