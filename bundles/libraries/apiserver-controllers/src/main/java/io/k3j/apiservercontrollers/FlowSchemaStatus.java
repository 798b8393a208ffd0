package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.flowcontrol.FlowController;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Says of each flow schema by the condition `Dangling` whether its priority level is missing, applied under
/// upstream's field manager. Several servers may do so at once: they say the same.
public final class FlowSchemaStatus {
    private static final String TYPE = "Dangling";
    private static final WriteOptions CONSUMER = WriteOptions.STATUS
            .by("api-priority-and-fairness-config-consumer-v1").forced();
    private static final int NOT_FOUND = 404;
    private final ApiClient api;
    private final FlowController flows;
    private final InstantSource clock;

    /// @param api of the server itself, which may write the status
    /// @param flows knows which priority levels are stored
    /// @param clock of the time of day
    public FlowSchemaStatus(ApiClient api, FlowController flows, InstantSource clock) {
        this.api = api;
        this.flows = flows;
        this.clock = clock;
    }

    /// Sets the conditions that are not as they should be. Idempotent; one thread at a time; blocks for calls of the
    /// API.
    ///
    /// @throws ApiFault when a read or write fails
    public void sync() {
        List<Obj> schemas = api.list(FlowControlObjects.SCHEMAS, Query.ALL).items();
        // the levels as they are now, not older than the schemas
        flows.look();
        schemas.forEach(this::sync);
    }

    private void sync(Obj schema) {
        String level = schema.spec().struct("priorityLevelConfiguration").text("name");
        boolean found = flows.stored(level);
        String reference = "This FlowSchema references the PriorityLevelConfiguration object named \"" + level + "\" ";
        Struct wanted = Struct.of("type", TYPE, "status", found ? "False" : "True", "reason",
                found ? "Found" : "NotFound", "message",
                reference + (found ? "and it exists" : "but there is no such object"));
        Struct said = schema.status().seq("conditions").find("type", TYPE);
        if (!said.without("lastTransitionTime").equals(wanted)) {
            apply(schema, wanted.with("lastTransitionTime",
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
        }
    }

    private void apply(Obj schema, Struct condition) {
        Struct wanted = Struct.of("apiVersion", FlowControlObjects.SCHEMAS.apiVersion(), "kind", "FlowSchema",
                "metadata", Struct.of("name", schema.name()), "status", Struct.of("conditions", List.of(condition)));
        try {
            api.patch(FlowControlObjects.SCHEMAS, schema.key(), new Patch.Apply(wanted), CONSUMER);
        } catch (ApiFault f) {
            if (f.code() != NOT_FOUND) {
                throw f;
            }
        }
    }
}
