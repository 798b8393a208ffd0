package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apimachinery.PatchFailure;
import io.k3j.codec.Protobuf;
import io.k3j.model.Gvk;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.StrategicMerge;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is in a Secret does not come into the message of a refusal, which logs of audit have.
class UnfitSecretTest {
    private static final Gvk SECRET = Gvk.of("v1", "Secret");
    private final Schemas schemas = new Schemas();
    private final ObjectDecoder decoder = new ObjectDecoder(new Protobuf(schemas));

    @Test
    void aPatchThatDoesNotFitTellsNothingOfIt() {
        ObjectDecoder.Expected expected = new ObjectDecoder.Expected(SECRET, schemas.shape(SECRET).orElseThrow(), "",
                _ -> {
                });
        Struct before = Struct.of("data", Struct.of("password", "aHVudGVyMg=="));
        Struct changes = Struct.of("immutable", "yes", "stringData", Struct.of("other", "hunter3"));
        for (Patch patch : List.of(new Patch.Merge(changes), new Patch.Strategic(changes))) {
            assertThatThrownBy(() -> decoder.changed(before, before.with("immutable", "yes"), expected, patch))
                    .hasMessageStartingWith(" \"\" is invalid: patch: Invalid value: \"\": ")
                    .hasMessageEndingWith("bool").hasMessageNotContaining("hunter").hasMessageNotContaining("aHVud");
        }
    }

    @Test
    void aDirectiveThatThereIsNotTellsNothingOfIt() {
        Struct changes = Struct.of("$patch", "drop", "stringData", Struct.of("other", "hunter3"));
        assertThatExceptionOfType(PatchFailure.class)
                .isThrownBy(() -> StrategicMerge.apply(schemas.shape(SECRET).orElseThrow(), Struct.EMPTY, changes))
                .satisfies(e -> assertThat(Patches.fault(SECRET, e)).hasMessage("unknown patch type: drop"));
    }
}
