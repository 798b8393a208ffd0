package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelEvaluation;
import io.k3j.devicecel.DeviceExpressions;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceExpressionsTest {
    private static final Struct DEVICE = Struct.of("name", "gpu-0", "attributes",
            Struct.of("model", Struct.of("string", "A100"), "index", Struct.of("int", 3L), "ecc",
                    Struct.of("bool", true), "example.org/driverVersion", Struct.of("version", "1.2.3")),
            "capacity", Struct.of("memory", Struct.of("value", "40Gi")));
    private final DeviceExpressions expressions = new DeviceExpressions(Tried.CEL);

    private CelEvaluation evaluated(String expression) {
        CelCompilation compiled = expressions.compile(expression);
        assertThat(compiled).isInstanceOf(CelCompilation.Done.class);
        return expressions.matches(((CelCompilation.Done) compiled).program(), "gpu.example.com", DEVICE,
                CelBudget.of(CelBudget.SHARED));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "device.driver == 'gpu.example.com' | true",
            "device.attributes['gpu.example.com'].model == 'A100' | true",
            "device.attributes['gpu.example.com'].index > 3 | false",
            "device.attributes['gpu.example.com'].ecc | true",
            "device.attributes['example.org'].driverVersion.isGreaterThan(semver('1.2.0')) | true",
            "device.capacity['gpu.example.com'].memory.compareTo(quantity('50Gi')) >= 0 | false",
            "has(device.attributes['nobody.example.com'].model) | false",
            "'nobody.example.com' in device.attributes | false",
            "device.allowMultipleAllocations | false"})
    void aSelectorSeesTheDevice(String expression, boolean expected) {
        assertThat(evaluated(expression)).isInstanceOfSatisfying(CelEvaluation.Value.class,
                v -> assertThat(v.holds()).isEqualTo(expected));
    }

    @Test
    void anAttributeThatIsNotThereIsAnError() {
        assertThat(evaluated("device.attributes['nobody.example.com'].model == 'A100'"))
                .isInstanceOfSatisfying(CelEvaluation.Failure.class,
                        f -> assertThat(f.message()).isEqualTo("no such key: model"));
    }

    @Test
    void whatIsNoConditionDoesNotCompile() {
        assertThat(expressions.compile("device.driver")).isInstanceOf(CelCompilation.Failed.class);
        assertThat(expressions.compile("device.nothing == 1")).isInstanceOf(CelCompilation.Failed.class);
    }

    @Test
    void anExpressionWithoutEndIsStopped() {
        String all = "[0,1,2,3,4,5,6,7,8,9]";
        String nested = all + ".all(a, " + all + ".all(b, " + all + ".all(c, " + all + ".all(d, " + all + ".all(e, "
                + all + ".all(f, a + b + c + d + e + f >= 0))))))";
        assertThat(evaluated(nested)).isInstanceOfSatisfying(CelEvaluation.Failure.class,
                f -> assertThat(f.reason()).isEqualTo(CelEvaluation.Reason.CALL_LIMIT));
    }
}
