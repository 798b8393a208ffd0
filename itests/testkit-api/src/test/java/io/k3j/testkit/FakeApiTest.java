package io.k3j.testkit;

import io.k3j.clientapi.ApiClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The API in memory keeps the promises of the real ones.
class FakeApiTest extends ApiClientContract {
    private FakeApi api;

    @BeforeEach
    @Override
    protected void makeNamespace() {
        api = FakeApi.live();
        api.declare("system:test");
        super.makeNamespace();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Override
    protected ApiClient client() {
        return api;
    }
}
