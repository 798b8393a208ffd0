package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenApiFilterTest {
    private static byte[] part(String document) {
        return OpenApiFilter.part(document.getBytes(StandardCharsets.UTF_8), "a.example.com", "v1");
    }

    private static Struct read(String document) {
        return Json.object(part(document));
    }

    private static String paths(String... paths) {
        return "\"paths\":{" + String.join(",", paths) + "}";
    }

    private static String path(String path, String... references) {
        return "\"" + path + "\":{\"parameters\":[" + IntStream.range(0, references.length)
                .mapToObj(i -> reference(references[i])).collect(Collectors.joining(",")) + "]}";
    }

    private static String reference(String to) {
        return "{\"$ref\":\"#/" + to + "\"}";
    }

    @Test
    void whatDefinitionsAndParametersLeadToStaysAsWell() {
        Struct part = read("{" + paths(path("/apis/a.example.com/v1/b", "parameters/p"),
                path("/apis/a.example.com/v1beta1/b", "definitions/Beta"), path("/version", "definitions/Version"))
                + ",\"parameters\":{\"p\":{\"schema\":" + reference("definitions/A") + "},\"q\":{}},\"definitions\":{"
                + "\"A\":{\"items\":[" + reference("definitions/B") + "]},\"B\":" + reference("definitions/A")
                + ",\"Beta\":{},\"Version\":" + reference("definitions/B") + ",\"Lost\":{}}}");
        assertThat(part.names()).containsExactly("paths", "definitions", "parameters");
        assertThat(part.struct("paths").names()).containsExactly("/apis/a.example.com/v1/b");
        assertThat(part.struct("definitions").names()).as("what nothing leads to belongs to nobody else")
                .containsExactly("A", "B", "Lost");
        assertThat(part.struct("parameters").names()).containsExactly("p");
    }

    @Test
    void aReferenceThatLeadsNowhereIsNone() {
        assertThat(read("{" + paths(path("/apis/a.example.com/v1/b", "definitions/None", "x", "responses/y")) + "}")
                .struct("definitions").isEmpty()).isTrue();
    }

    @Test
    void aDocumentWithoutThePathsOfTheVersionIsNothing() {
        assertThat(part("{}")).isEmpty();
        assertThat(part("{\"paths\":[],\"definitions\":7}")).isEmpty();
        assertThat(part("{" + paths(path("/apis/a.example.com/v1"), path("/apis/b.example.com/v1/a")) + "}"))
                .as("of another version").isEmpty();
    }

    private static void refused(String document, String why) {
        assertThatExceptionOfType(MalformedInput.class).isThrownBy(() -> part(document)).withMessageContaining(why);
    }

    private static String many(int number, String prefix) {
        return IntStream.range(0, number).mapToObj(i -> "\"" + prefix + i + "\":{}").collect(Collectors.joining(","));
    }

    @Test
    void whatIsBeyondABoundIsRefused() {
        String own = paths(path("/apis/a.example.com/v1/b"));
        refused("{" + own + ",\"definitions\":{" + many(OpenApiFilter.MOST_DEFINITIONS + 1, "d") + "}}",
                "there are more definitions than 10000");
        refused("{" + own + ",\"parameters\":{" + many(OpenApiFilter.MOST_PARAMETERS + 1, "p") + "}}",
                "there are more parameters than 1000");
        refused("{\"paths\":{" + many(OpenApiFilter.MOST_PATHS + 1, "/") + "}}", "there are more paths than 10000");
        String inside = "{\"x\":".repeat(OpenApiFilter.MOST_DEPTH) + "1" + "}".repeat(OpenApiFilter.MOST_DEPTH);
        refused("{" + own + ",\"definitions\":" + inside + "}", "values nest deeper than 200");
        assertThat(part("{" + own + ",\"definitions\":" + inside.substring("{\"x\":".length(), inside.length() - 1)
                + "}")).isNotEmpty();
        refused("{" + own, "unexpected end of JSON input");
    }
}
