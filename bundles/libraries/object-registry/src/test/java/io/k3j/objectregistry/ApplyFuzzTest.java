package io.k3j.objectregistry;

import io.k3j.apimachinery.PatchFailure;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.ApplyCheck;
import io.k3j.schema.ApplyConflict;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.ManagedFields;
import io.k3j.schema.Manager;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// An object is applied or refused, whatever its live object says of who owns it.
public class ApplyFuzzTest {
    private static final Gvk KIND = Gvk.of("v1", "Pod");
    private static final Shape POD = new Schemas().shape(KIND).orElseThrow();
    private static final Manager MANAGER = new Manager("kubectl", "v1", "");
    private static final Instant NOW = Instant.parse("2026-11-28T18:00:00Z");
    private static final String LIVE = "{\"live\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\","
            + "\"labels\":{\"b\":\"c\"},\"managedFields\":[{\"manager\":\"x\",\"operation\":\"Apply\","
            + "\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\","
            + "\"fieldsV1\":{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:b\":{}}},\"f:spec\":"
            + "{\"f:containers\":{\"k:{\\\"name\\\":\\\"c\\\"}\":{\".\":{},\"f:image\":{}}}}}}]},"
            + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}},";

    /// Jazzer's entry. The input is an object with the fields `live` and `wanted`.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Struct all = Json.object(input);
            Struct live = Decoding.decode(POD, all.struct("live")).object();
            Struct wanted = all.struct("wanted").withoutAt("metadata", "managedFields");
            ObjectDecoder.checkElements(wanted, KIND);
            if (ApplyCheck.problems(POD, wanted).isEmpty()) {
                Struct typed = Decoding.decode(POD, wanted).object();
                Struct once = ManagedFields.applied(POD, live, typed, MANAGER, true, NOW);
                ManagedFields.applied(POD, once, typed, MANAGER, false, NOW);
            }
        }, MalformedInput.class, DecodeFailure.class, PatchFailure.class, ApplyConflict.class, ApiFault.class);
    }

    @Test
    void isAppliedOrRefused() throws IOException {
        Fuzzing.run(ApplyFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                LIVE + "\"wanted\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},"
                        + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"y\","
                        + "\"ports\":[{\"containerPort\":80}]}]}}}",
                LIVE + "\"wanted\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\","
                        + "\"metadata\":{\"labels\":{\"d\":\"e\"},\"finalizers\":[\"f/g\"]}}}",
                "{\"wanted\":{\"kind\":\"Pod\","
                        + "\"spec\":{\"tolerations\":[{\"key\":\"a\"}],\"nodeSelector\":{\"a\":\"b\"}}}}"));
    }
}
