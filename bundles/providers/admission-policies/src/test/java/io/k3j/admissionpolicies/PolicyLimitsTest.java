package io.k3j.admissionpolicies;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.testkitbase.Waiting;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody who may write parameters or bindings cannot make the server do.
class PolicyLimitsTest {
    private Stage stage;

    @BeforeEach
    void open() {
        stage = new Stage();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void limit(String name) {
        stage.seed("{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + ", namespace: default, labels: {is:"
                + " limit}}, data: {most: '9'}}");
    }

    /// One request is evaluated once for each parameter, of which there may be any number.
    @ParameterizedTest
    @ValueSource(strings = {"Fail", "Ignore"})
    void evaluationsOfOneRequestHaveAnEnd(String failurePolicy) throws Exception {
        limit("a");
        limit("b");
        stage.policy("Validating", "p", "failurePolicy: " + failurePolicy + "\nparamKind: {apiVersion: v1, kind:"
                + " ConfigMap}\nvalidations: [{expression: 'int(object.data.size) <= int(params.data.most)'}]");
        stage.bound("Validating", "p", "validationActions: [Deny]\nparamRef: {selector: {matchLabels: {is: limit}},"
                + " parameterNotFoundAction: Deny}");
        assertThat(stage.create("{size: '5'}")).isEqualTo("200");
        AtomicLong slow = new AtomicLong();
        stage.clock = () -> slow.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(stage.update("{size: '6'}")).startsWith("504").contains("\"reason\":\"Timeout\"",
                "request did not complete within requested timeout");
        assertThat(stage.stored().struct("data").text("size")).isEqualTo("5");
    }

    @Test
    void selectorsThatABindingHadBeforeAreForgotten() throws Exception {
        limit("a");
        stage.policy("Validating", "p", "paramKind: {apiVersion: v1, kind: ConfigMap}\n"
                + "validations: [{expression: 'int(object.data.size) <= int(params.data.most)'}]");
        for (String label : new String[] {"one", "two", "three", "limit"}) {
            stage.bound("Validating", "p", "validationActions: [Deny]\nparamRef: {selector: {matchLabels: {is: " + label
                    + "}}, parameterNotFoundAction: Allow}");
            assertThat(stage.create("{size: '10'}")).startsWith(label.equals("limit") ? "422" : "200");
            stage.server.delete(Stage.CONFIG_MAPS, new Key("default", "c"));
        }
        assertThat(stage.parts.params.views()).isEqualTo(1);
        stage.policy("Validating", "p", "validations: [{expression: 'true'}]");
        Waiting.until("no parameters are followed", () -> stage.parts.params.views() == 0);
    }
}
