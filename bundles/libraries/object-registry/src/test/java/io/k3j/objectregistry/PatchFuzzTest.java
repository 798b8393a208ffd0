package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apimachinery.JsonPatch;
import io.k3j.apimachinery.MergePatch;
import io.k3j.apimachinery.PatchFailure;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.schema.StrategicMerge;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A patch of any kind is laid over an object or refused, and what comes of it is no deeper than what can be read.
public class PatchFuzzTest {
    private static final Shape POD = new Schemas().shape(Gvk.of("v1", "Pod")).orElseThrow();
    private static final String OBJECT = "{\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\","
            + "\"labels\":{\"b\":\"c\"}},"
            + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"},{\"name\":\"d\"}],\"x\":[1,2]}},";

    /// Jazzer's entry. The input is an object with the fields `object`, `json`, `merge` and `strategic`.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Struct all = Json.object(input);
            patched(all, all.struct("object"));
        }, MalformedInput.class);
    }

    private static void patched(Struct all, Struct object) {
        Fuzzing.parse(() -> read(JsonPatch.apply(object, all.seq("json"))), PatchFailure.class);
        Fuzzing.parse(() -> MergePatch.apply(object, all.struct("merge")));
        Fuzzing.parse(() -> {
            Struct changed = StrategicMerge.apply(POD, object, all.struct("strategic"));
            Decoding.decode(POD, changed);
        }, PatchFailure.class, DecodeFailure.class);
    }

    private static void read(Struct changed) {
        String again = Json.text(Json.object(Json.bytes(changed)));
        // minus zero, which Go writes as -0, is read again as a whole number, which has no sign
        assertThat(again.replace("-0", "0")).isEqualTo(Json.text(changed).replace("-0", "0"));
    }

    @Test
    void isLaidOverOrRefused() throws IOException {
        Fuzzing.run(PatchFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                OBJECT + "\"json\":[{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"Pod\"},{\"op\":\"copy\","
                        + "\"from\":\"/spec\",\"path\":\"/spec/y\"},"
                        + "{\"op\":\"add\",\"path\":\"/spec/x/-\",\"value\":{}}]}",
                OBJECT + "\"json\":[{\"op\":\"move\",\"from\":\"/spec/x/0\",\"path\":\"/metadata/labels/a~1b\"},"
                        + "{\"op\":\"remove\",\"path\":\"/spec/x\"},{\"op\":\"replace\",\"path\":\"\","
                        + "\"value\":{\"a\":1}}]}",
                OBJECT + "\"merge\":{\"metadata\":{\"labels\":null,\"annotations\":{\"a\":\"b\"}},\"spec\":[]}}",
                OBJECT + "\"strategic\":{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"d\"},{\"name\":\"c\"}],"
                        + "\"containers\":[{\"name\":\"c\",\"$patch\":\"delete\"},{\"name\":\"d\",\"image\":\"y\"}]}}}",
                OBJECT + "\"strategic\":{\"metadata\":{\"$retainKeys\":[\"name\"],"
                        + "\"$deleteFromPrimitiveList/finalizers\":[\"a\"],"
                        + "\"finalizers\":[\"b\"]},\"spec\":{\"$patch\":\"replace\"}}}"));
    }
}
