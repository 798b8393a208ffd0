package com.example.namespaceuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.KindHooksContract;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Keeps what the hooks of every group promise, though nobody writes an object of this one.
class UseKindsTest extends KindHooksContract {
    private static final Struct USE = Struct.of("apiVersion", "use.example.com/v1", "kind", "NamespaceUse", "metadata",
            Struct.of("name", "shop"), "pods", 3, "running", 2);
    private final UseKinds kinds = new UseKinds();

    private ResourceKind kind() {
        return kinds.kinds().iterator().next();
    }

    @Override
    protected KindHooks hooks() {
        return kinds;
    }

    @Override
    protected Sample good() {
        return new Sample(new Write(Operation.CREATE, kind(), "", Key.of("shop"), Optional.empty(), Caller.ANONYMOUS,
                false, Struct.EMPTY), USE);
    }

    @Override
    protected Optional<Sample> bad() {
        return Optional.empty();
    }

    @Test
    void isReadAndNeverStored() {
        assertThat(kind().storage().stored()).isFalse();
        assertThat(kind().verbs()).containsExactlyInAnyOrder("get", "list");
        assertThat(kind().namespaced()).isFalse();
    }

    @Test
    void aRowTellsTheNumbers() {
        assertThat(kinds.cells(UseKinds.KIND, Obj.of(USE), Instant.EPOCH)).containsExactly("shop", 3L, 2L);
    }
}
