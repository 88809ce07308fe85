/** Fields for an object of plain values. */
import { useId } from 'react'
import type { FormField } from './json-schema.ts'

interface Props {
  readonly fields: readonly FormField[]
  readonly data: unknown
  readonly onChange: (data: unknown) => void
}

/** The fields; what is left empty and not required is left out. */
export function SchemaForm({ fields, data, onChange }: Props) {
  const values = (typeof data === 'object' && data !== null ? data : {}) as { readonly [name: string]: unknown }
  const set = (field: FormField, value: unknown) => {
    const next = { ...values }
    if (value === undefined) delete next[field.name]
    else next[field.name] = value
    onChange(next)
  }
  return (
    <>
      {fields.map((field) => (
        <Field key={field.name} field={field} value={values[field.name]} onChange={(value) => set(field, value)} />
      ))}
      {fields.length === 0 && <p className="dim">This event has no data.</p>}
    </>
  )
}

interface FieldProps {
  readonly field: FormField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

function Field({ field, value, onChange }: FieldProps) {
  const id = useId()
  const { name, kind, required, description, choices } = field
  const common = {
    id,
    className: 'field',
    required,
    'aria-describedby': description === undefined ? undefined : `${id}-about`,
  }
  return (
    <div className="form-field">
      <label className="label" htmlFor={id}>
        {name}
        {!required && ' (optional)'}
      </label>
      {kind === 'choice' ? (
        <select
          {...common}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        >
          {!required && <option value="" />}
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : kind === 'boolean' ? (
        <input id={id} type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} />
      ) : (
        <input
          {...common}
          type={kind === 'number' ? 'number' : 'text'}
          step="any"
          value={typeof value === 'string' || typeof value === 'number' ? value : ''}
          onChange={(event) => onChange(fieldValue(event.target.value, kind, required))}
        />
      )}
      {description !== undefined && (
        <div id={`${id}-about`} className="label">
          {description}
        </div>
      )}
    </div>
  )
}

function fieldValue(text: string, kind: FormField['kind'], required: boolean): unknown {
  if (kind === 'number') return text === '' ? undefined : Number(text)
  return text === '' && !required ? undefined : text
}
