package io.k3j.nodeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Gvk;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What no log can be asked for by.
class PodLogTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "tailLines=-1|tailLines: Invalid value: -1: must be greater than or equal to 0",
            "limitBytes=0|limitBytes: Invalid value: 0: must be greater than 0",
            "sinceSeconds=0|sinceSeconds: Invalid value: 0: must be greater than 0",
            "stream=stdout|stream: Unsupported value: \"stdout\": supported values: \"All\", \"Stderr\", \"Stdout\"",
            "sinceSeconds=1&sinceTime=x|Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
            "stream=Stdout&tailLines=1|`tailLines` and specific `stream` are mutually exclusive for now"})
    void isRefusedInUpstreamsWords(String query, String words) {
        List<FieldProblem> wrong = PodLog.problems(QueryText.parse(query));
        assertThat(FieldProblem.fault(Gvk.of("v1", "PodLogOptions"), "p", wrong))
                .satisfies(fault -> assertThat(fault.code()).isEqualTo(422))
                .hasMessageStartingWith("PodLogOptions \"p\" is invalid: ").hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tailLines=0&limitBytes=1&sinceSeconds=1&stream=All", "stream=Stderr", "tailLines=x"})
    void isLeftToTheKubelet(String query) {
        assertThat(PodLog.problems(QueryText.parse(query))).isEmpty();
    }
}
