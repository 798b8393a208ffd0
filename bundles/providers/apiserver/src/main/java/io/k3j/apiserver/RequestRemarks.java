package io.k3j.apiserver;

import io.k3j.apirequests.AuditContext;
import io.k3j.apiserverapi.Audit;
import io.k3j.objectregistry.Remarks;
import java.util.function.Consumer;

/// What is said of the write of a request.
/// @param warnings takes texts for the client
/// @param audit takes annotations
record RequestRemarks(Consumer<String> warnings, AuditContext audit) implements Remarks {
    @Override
    public void accept(String warning) {
        warnings.accept(warning);
    }

    @Override
    public void annotate(String key, String value) {
        audit.annotate(key, value);
    }

    @Override
    public Audit.Level recorded() {
        return audit.level();
    }
}
