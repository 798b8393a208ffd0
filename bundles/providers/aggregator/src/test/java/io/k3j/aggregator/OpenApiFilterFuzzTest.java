package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Of another server's OpenAPI 2 document nothing but the paths of the version is taken, or it is refused.
public class OpenApiFilterFuzzTest {
    private static final String VERSION = "/apis/a.b/v1/";

    /// Jazzer's entry. The input is the document.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            byte[] part = OpenApiFilter.part(input, "a.b", "v1");
            if (part.length > 0) {
                Struct read = Json.object(part);
                assertThat(read.struct("paths").names()).isNotEmpty().allMatch(path -> path.startsWith(VERSION));
            }
        }, MalformedInput.class);
    }

    @Test
    void isTakenOrRefused() throws IOException {
        Fuzzing.run(OpenApiFilterFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "{\"paths\":{\"/apis/a.b/v1/c\":{\"get\":{\"$ref\":\"#/definitions/A\"}},\"/apis/a.b/v2/c\":{}},"
                        + "\"definitions\":{\"A\":{\"items\":[{\"$ref\":\"#/definitions/B\"}]},\"B\":{},\"C\":{}},"
                        + "\"parameters\":{\"p\":{\"$ref\":\"#/parameters/p\"}}}",
                "{\"paths\":{\"/apis/a.b/v1/c\":[[[1]]]},\"definitions\":[]}", "{}", "[]", "\0{"));
    }
}
