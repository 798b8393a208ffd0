package io.k3j.admissioncore;

import io.k3j.admissionkit.DefaultClass;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Sets the default IngressClass on an Ingress without a class.
@Component(service = Admission.class, property = "order:Integer=290")
public final class DefaultIngressClass implements Admission {
    private final Listers listers;

    /// Reads IngressClasses from a view.
    @Activate
    public DefaultIngressClass(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "DefaultIngressClass";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.creates(write, "networking.k8s.io", "ingresses");
    }

    @Override
    public Struct admit(Write write, Struct ingress) {
        boolean chosen = ingress.struct("spec").has("ingressClassName")
                || ingress.struct("metadata").struct("annotations").has("kubernetes.io/ingress.class");
        return chosen ? ingress
                : DefaultClass.newest(listers.all(Listers.INGRESSES), "ingressclass.kubernetes.io/is-default-class")
                        .map(c -> ingress.withAt(c.name(), "spec", "ingressClassName")).orElse(ingress);
    }
}
