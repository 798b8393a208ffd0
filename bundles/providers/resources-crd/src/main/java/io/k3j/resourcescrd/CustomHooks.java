package io.k3j.resourcescrd;

import io.k3j.apimachinery.JsonPath;
import io.k3j.apimachinery.KubeVersions;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Defaulting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The hooks of custom resources, driven by their definition's schema.
final class CustomHooks implements KindHooks {
    private final Definitions definitions;
    private final ConversionWebhook webhook;
    private final CustomValidation validation;

    /// @param engine of rules
    CustomHooks(Definitions definitions, ConversionWebhook webhook, RuleEngine engine) {
        this.definitions = definitions;
        this.webhook = webhook;
        this.validation = new CustomValidation(engine);
    }

    @Override
    public String group() {
        return EVERY_OTHER_GROUP;
    }

    private Optional<ResourceKind> row(Gvk kind) {
        return definitions.of(kind).map(d -> d.rows().get(kind));
    }

    private Struct version(Gvk kind) {
        return definitions.of(kind).map(d -> d.version(kind)).orElse(Struct.EMPTY);
    }

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return row(kind).map(r -> Defaulting.apply(r.shape(), object)).orElse(object);
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        refuseNew(write);
        return object;
    }

    /// As upstream's `forbidCreateAdmission`, in its words.
    private void refuseNew(Write write) {
        if (write.operation() == Operation.CREATE && going(write.kind().gvk())) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "create not allowed while custom resource definition is terminating");
        }
    }

    private boolean going(Gvk kind) {
        return definitions.inAnyVersion(kind).map(Definition::going).orElse(false);
    }

    /// As upstream's `CRDFinalizer`, which deletes objects in the store: a policy or a webhook that refuses would keep
    /// them, and the definition, for ever.
    @Override
    public boolean unasked(Write write) {
        return going(write.kind().gvk());
    }

    @Override
    public List<FieldProblem> problems(Write write, Struct object) {
        // once more behind those who were asked meanwhile, perhaps outside
        refuseNew(write);
        Gvk kind = write.kind().gvk();
        return validation.problems(write, object, definitions.of(kind).map(d -> d.rules(kind)).orElse(null));
    }

    @Override
    public String deprecated(Gvk kind) {
        Struct version = version(kind);
        if (!version.flag("deprecated")) {
            return "";
        }
        String use = definitions.of(kind).stream().flatMap(d -> d.object().spec().seq("versions").structs().stream())
                .filter(v -> v.flag("served") && !v.flag("deprecated")).map(v -> v.text("name"))
                .filter(name -> KubeVersions.byStability(name, kind.version()) < 0).min(KubeVersions::byStability)
                .map(name -> "; use " + kind.group() + "/" + name + " " + kind.kind()).orElse("");
        return version.text("deprecationWarning", kind.apiVersion() + " " + kind.kind() + " is deprecated" + use);
    }

    @Override
    public List<Object> cells(Gvk kind, Obj object, Instant now) {
        List<Object> cells = new ArrayList<>();
        for (Column column : row(kind).map(ResourceKind::columns).orElse(List.of())) {
            cells.add(PrintedCell.of(column, object, now));
        }
        return cells;
    }

    @Override
    public Optional<String> field(Gvk kind, Obj object, String field) {
        for (Struct selectable : version(kind).seq("selectableFields").structs()) {
            if (selectable.text("jsonPath").equals("." + field)) {
                List<Object> found = JsonPath.parse(selectable.text("jsonPath")).values(object.tree());
                return Optional.of(found.isEmpty() ? "" : String.valueOf(found.getFirst()));
            }
        }
        return Optional.empty();
    }

    @Override
    public ScalePaths scalePaths(Gvk kind) {
        Struct scale = version(kind).struct("subresources").struct("scale");
        return scale.isEmpty() ? ScalePaths.BUILT_IN
                : new ScalePaths(path(scale.text("specReplicasPath")), path(scale.text("statusReplicasPath")),
                        path(scale.text("labelSelectorPath")));
    }

    private static List<String> path(String text) {
        return text.isEmpty() ? List.of() : List.of(text.substring(1).split("\\."));
    }

    @Override
    public boolean remote(Gvk kind) {
        return definitions.inAnyVersion(kind).map(Definition::converts).orElse(false);
    }

    @Override
    public Struct converted(Struct object, Gvk to) {
        return converted(List.of(object), to).getFirst();
    }

    @Override
    public List<Struct> converted(List<Struct> objects, Gvk to) {
        Optional<Definition> definition = definitions.inAnyVersion(to).filter(Definition::converts);
        return definition.isPresent() ? webhook.converted(definition.get(), objects, to)
                : objects.stream().map(o -> o.with("apiVersion", to.apiVersion())).toList();
    }
}
