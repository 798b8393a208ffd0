package io.k3j.corerules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import java.util.List;

/// Rules of ServiceAccounts: of a Secret of theirs only the name is kept.
final class AccountRules implements KindRules {
    private static final String ENFORCES = "kubernetes.io/enforce-mountable-secrets";

    @Override
    public Struct prepared(Write write, Struct o) {
        boolean writes = write.operation() == Operation.CREATE || write.operation() == Operation.UPDATE;
        return writes && write.subresource().isEmpty() ? Fill.each(o, "secrets", AccountRules::named) : o;
    }

    private static Struct named(Struct reference) {
        return reference.isEmpty() || reference.size() == 1 && reference.has("name") ? reference
                : Struct.builder().putUnlessEmpty("name", reference.text("name")).build();
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        boolean writes = write.subresource().isEmpty() && annotated(o);
        return writes && !annotated(write.before().orElse(Struct.EMPTY))
                ? List.of("metadata.annotations[" + ENFORCES + "]: deprecated in v1.32+; prefer separate namespaces to"
                        + " isolate access to mounted secrets")
                : List.of();
    }

    private static boolean annotated(Struct account) {
        return account.struct("metadata").struct("annotations").has(ENFORCES);
    }
}
