package io.k3j.devicecel;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelLazy;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import io.k3j.celapi.CelType.Fields;
import io.k3j.celapi.CelType.MapOf;
import io.k3j.celapi.CelType.Simple;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Device selectors by one engine. They see `device` with the fields `driver`, `attributes`, `capacity` and
/// `allowMultipleAllocations`; versions are `semver`, capacities `quantity`. Made once for each engine, in a few
/// milliseconds. Any thread; nothing blocks.
///
/// Costs are counted where an expression is evaluated, [CelBudget#PER_CALL] at most each, which is upstream's
/// `CELSelectorExpressionMaxCost`. Nothing tells beforehand how large a device is, so none is refused by an estimate.
public final class DeviceExpressions {
    /// How long an expression may be, in bytes: upstream's `CELSelectorExpressionMaxLength`.
    public static final int LONGEST = 10 * 1024;
    private static final String DEVICE = "device";
    private static final String TEXT = "v";
    private final CelProgram quantity;
    private final CelProgram version;
    private final CelEnvironment environment;

    /// Loads the engine.
    /// @param cel the engine
    public DeviceExpressions(Cel cel) {
        CelEnvironment texts = cel.environment(CelDeclarations.of(Map.of(TEXT, Simple.STRING)));
        quantity = own(texts.compile("quantity(" + TEXT + ")"));
        version = own(texts.compile("semver(" + TEXT + ")"));
        environment = cel.environment(CelDeclarations.of(Map.of(DEVICE, device(quantity.type()))));
    }

    private static CelProgram own(CelCompilation compiled) {
        return switch (compiled) {
            case CelCompilation.Done(CelProgram program) -> program;
            case CelCompilation.Failed(String detail) -> throw new IllegalStateException(detail);
        };
    }

    private static Fields device(CelType amount) {
        Map<String, CelType> fields = new LinkedHashMap<>();
        fields.put("driver", Simple.STRING);
        fields.put("attributes", new MapOf(new MapOf(Simple.DYN)));
        fields.put("capacity", new MapOf(new MapOf(amount)));
        fields.put("allowMultipleAllocations", Simple.BOOL);
        return new Fields("kubernetes.DRADevice", fields);
    }

    /// Compiles a selector, or tells in upstream's words why it is none.
    public CelCompilation compile(String expression) {
        return environment.compile(expression, Simple.BOOL);
    }

    /// Whether a device is one that a selector means.
    ///
    /// @param selector of [#compile] of any instance
    /// @param driver of the slice in which the device is
    /// @param device as it is written there
    /// @param budget of all evaluations that belong together
    /// @return a value that is true or false, or why there is none
    public CelEvaluation matches(CelProgram selector, String driver, Struct device, CelBudget budget) {
        Domains attributes = new Domains();
        device.struct("attributes").forEach((name, value) -> {
            if (value instanceof Struct attribute) {
                attributes.add(DeviceName.of(name, driver), attribute(attribute));
            }
        });
        Domains capacity = new Domains();
        device.struct("capacity").forEach((name, value) -> {
            if (value instanceof Struct amount) {
                capacity.add(DeviceName.of(name, driver), made(quantity, text(amount.get("value"))));
            }
        });
        Map<String, Object> fields = Map.of("driver", driver, "attributes", attributes, "capacity", capacity,
                "allowMultipleAllocations", device.flag("allowMultipleAllocations"));
        return selector.evaluate(Map.of(DEVICE, fields), budget);
    }

    /// An attribute's one value; one of a kind that is not known here fails the expression that looks at it.
    private Object attribute(Struct attribute) {
        if (attribute.has("version")) {
            return made(version, attribute.text("version"));
        }
        for (String kind : new String[] {"int", "bool", "string"}) {
            Object value = attribute.get(kind);
            if (value != null) {
                return value;
            }
        }
        return (CelLazy) () -> new CelEvaluation.Failure(CelEvaluation.Reason.ERROR, "unsupported attribute value");
    }

    /// What a text says, read when an expression looks at it. It is not the expression's own cost.
    private static CelLazy made(CelProgram program, String text) {
        return () -> program.evaluate(Map.of(TEXT, text), CelBudget.of(CelBudget.PER_CALL));
    }

    private static String text(@Nullable Object amount) {
        return amount == null ? "0" : amount.toString();
    }
}
