package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// An ingress without a class gets the default one.
@Component(service = Admission.class, property = "order:Integer=290")
public final class DefaultIngressClass implements Admission {
    private final World world;

    /// Looks at ingress classes.
    @Activate
    public DefaultIngressClass(@Reference World world) {
        this.world = world;
    }

    @Override
    public String name() {
        return "DefaultIngressClass";
    }

    @Override
    public boolean handles(Write write) {
        return Writes.creates(write, "networking.k8s.io", "ingresses");
    }

    @Override
    public Struct admit(Write write, Struct ingress) {
        boolean chosen = ingress.struct("spec").has("ingressClassName")
                || ingress.struct("metadata").struct("annotations").has("kubernetes.io/ingress.class");
        return chosen ? ingress
                : Defaults.newest(world.all(World.INGRESSES), "ingressclass.kubernetes.io/is-default-class")
                        .map(c -> ingress.withAt(c.name(), "spec", "ingressClassName")).orElse(ingress);
    }
}
