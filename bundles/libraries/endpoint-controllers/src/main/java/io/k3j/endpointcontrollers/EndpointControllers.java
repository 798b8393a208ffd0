package io.k3j.endpointcontrollers;

import io.k3j.controllerkit.ControllerContext;

/// The controllers of what Services lead to.
public final class EndpointControllers {
    private EndpointControllers() {
    }

    /// Adds the loops of EndpointSlices, of Endpoints and of the slices that mirror Endpoints, by upstream's names and
    /// service accounts. They begin with the context, and end with it. Does not block.
    public static void add(ControllerContext context) {
        add(context, SlicePlan.MAX_ENDPOINTS);
    }

    /// The same with another number of endpoints.
    ///
    /// @param most that are put into one slice of a Service with a selector
    public static void add(ControllerContext context, int most) {
        EndpointSlices.begin(context, most);
        EndpointsObjects.add(context);
        EndpointsMirror.add(context);
    }
}
