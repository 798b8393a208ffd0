package io.k3j.metricsserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.componentapi.Retire;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkit.RetireContract;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What is left is the APIService.
class RetirementContractTest extends RetireContract {
    private static final Gvr API_SERVICES = Gvr.of("apiregistration.k8s.io/v1", "apiservices");
    private static final Key SERVICE = Key.of("v1beta1.metrics.k8s.io");
    private final FakeApi api = FakeApi.stepped(new ManualClock());

    @BeforeEach
    void begin() {
        api.serve(new ApiResource(API_SERVICES, "APIService", false,
                List.of("create", "delete", "get", "list", "update")), true);
    }

    @AfterEach
    void end() {
        api.close();
    }

    @Override
    protected Retire retire() {
        return new Retirement(api);
    }

    @Override
    protected void make() {
        ApiServiceObject.keep(api, Instant.EPOCH);
    }

    @Override
    protected boolean left() {
        return api.find(API_SERVICES, SERVICE).isPresent();
    }

    @Override
    protected void hinder() {
        api.refuse("delete", API_SERVICES, ApiFault.forbidden(API_SERVICES, SERVICE.name(), "no role"));
    }

    @Override
    protected void letGo() {
        // it was refused once
    }
}
