{{- define "halcyon.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "halcyon.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "halcyon.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "halcyon.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "halcyon.image" -}}
{{- $tag := .Values.image.tag | default (printf "%s%s" .Chart.AppVersion (ternary "-gpu" "" .Values.gpu.enabled)) -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- end -}}

{{- define "halcyon.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "halcyon.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- /* The program's configuration file. */ -}}
{{- define "halcyon.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- if and .Values.gpu.enabled (not (dig "engine" "provider" "" $config)) -}}
{{- $_ := set $config "engine" (merge (dict "provider" "CUDA") (dig "engine" dict $config)) -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "halcyon.adminPort" -}}
{{- dig "admin" "port" 8080 .Values.config -}}
{{- end -}}

{{- /* What every container of this chart has in common. */ -}}
{{- define "halcyon.container" -}}
image: {{ include "halcyon.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  capabilities:
    drop: [ALL]
env:
  - name: HALCYON_JAVA_OPTS
    value: {{ printf "%s -Duser.home=/tmp" .Values.javaOptions | quote }}
  - name: HALCYON_LOG_FORMAT
    value: json
  {{- if .setup }}
  # The job checks prompts against the model; it has no GPU.
  - name: HALCYON_ENGINE_PROVIDER
    value: CPU
  {{- end }}
  {{- with .Values.environment }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.environmentFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "halcyon.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Takes root and configMap, the name of the ConfigMap. */ -}}
{{- define "halcyon.volumes" -}}
- name: config
  {{- if .root.Values.existingConfigSecret }}
  secret:
    secretName: {{ .root.Values.existingConfigSecret }}
  {{- else }}
  configMap:
    name: {{ .configMap }}
  {{- end }}
- name: tmp
  emptyDir:
    sizeLimit: {{ .root.Values.temporaryStorage }}
{{- end -}}

{{- /* The steps of the setup job, in order; each must end well before the next begins. */ -}}
{{- define "halcyon.setupContainers" -}}
{{- $steps := list -}}
{{- if .Values.topics.create -}}
{{- $steps = append $steps (dict "name" "topics" "args" (list "topics" "create")) -}}
{{- end -}}
{{- range $i, $file := keys .Values.labelSets | sortAlpha -}}
{{- $args := list "labels" "apply" (printf "/etc/halcyon-label-sets/%s" $file) "--if-absent" "--author" "helm" "--reason" (printf "release %s" $.Release.Name) -}}
{{- $steps = append $steps (dict "name" (printf "label-set-%d" $i) "args" $args) -}}
{{- end -}}
{{- if gt (len $steps) 1 }}
initContainers:
  {{- range initial $steps }}
  {{- include "halcyon.setupContainer" (dict "root" $ "step" .) | nindent 2 }}
  {{- end }}
{{- end }}
containers:
  {{- include "halcyon.setupContainer" (dict "root" $ "step" (last $steps)) | nindent 2 }}
{{- end -}}

{{- define "halcyon.setupContainer" -}}
- name: {{ .step.name }}
  args: {{ concat .step.args (list "--config" "/etc/halcyon/halcyon.yaml") | toJson }}
  {{- include "halcyon.container" (merge (dict "setup" true) .root) | nindent 2 }}
  resources:
    {{- toYaml .root.Values.resources | nindent 4 }}
  volumeMounts:
    - name: config
      mountPath: /etc/halcyon
      readOnly: true
    - name: tmp
      mountPath: /tmp
    {{- if .root.Values.labelSets }}
    - name: label-sets
      mountPath: /etc/halcyon-label-sets
      readOnly: true
    {{- end }}
    {{- with .root.Values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
